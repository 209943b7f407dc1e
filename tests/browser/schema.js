// As much of JSON Schema as docs/openapi.json uses; what it does not know, it refuses.

const known = new Set(['$ref', 'type', 'properties', 'required', 'additionalProperties', 'items',
    'maxItems', 'enum', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'description',
    'default']);

const typeOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array'
    : Number.isInteger(value) ? 'integer' : typeof value);

function isType(value, type) {
    const own = typeOf(value);
    return [type].flat().some((t) => t === own || (t === 'number' && own === 'integer'));
}

export const resolve = (document, part) => (part.$ref
    ? resolve(document, part.$ref.slice(2).split('/').reduce((at, key) => at[key], document))
    : part);

// What is wrong with `value`, as sentences; empty: nothing.
export function problems(document, schema, value, at = '$') {
    const s = resolve(document, schema);
    for (const key of Object.keys(s)) if (!known.has(key)) throw new Error(`unknown: ${key}`);
    const wrong = [];
    const say = (condition, what) => condition && wrong.push(`${at}: ${what}`);
    say(s.type && !isType(value, s.type), `is ${typeOf(value)}, not ${s.type}`);
    say(s.enum && !s.enum.includes(value), `${value} is none of ${s.enum}`);
    say(s.minimum !== undefined && value < s.minimum, `${value} is below ${s.minimum}`);
    say(s.maximum !== undefined && value > s.maximum, `${value} is above ${s.maximum}`);
    say(s.pattern && !new RegExp(s.pattern).test(value), `${value} is not like ${s.pattern}`);
    if (typeOf(value) === 'array') {
        say(value.length > (s.maxItems ?? Infinity), 'has too many items');
        value.forEach((v, i) => s.items &&
            wrong.push(...problems(document, s.items, v, `${at}[${i}]`)));
    }
    if (typeOf(value) === 'object') {
        for (const key of s.required ?? []) say(!(key in value), `has no ${key}`);
        for (const [key, v] of Object.entries(value)) {
            const part = s.properties?.[key] ?? s.additionalProperties;
            say(part === false, `has ${key}, which is not in the document`);
            if (typeof part === 'object') {
                wrong.push(...problems(document, part, v, `${at}.${key}`));
            }
        }
    }
    return wrong;
}
