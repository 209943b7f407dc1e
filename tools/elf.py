"""What tools/ramcheck needs to know of an ELF file of the chip: memory, symbols, code, types.

The file itself is read here; instructions and types are what objdump and readelf print of it.
"""
import bisect
import re
import struct
import subprocess

PREFIX = "arm-none-eabi-"


class Function:
    """One function: where it is, what it calls and which constants it has."""

    def __init__(self, name, start, end, is_c):
        self.name, self.start, self.end = name, start, end
        self.is_c = is_c     # has a size; assembler functions may run on into the next one
        self.calls = []      # addresses that it branches to, outside itself
        self.constants = []  # words of its literal pool, and what it puts together
        self.signature = None

    def __str__(self):
        return self.name


class Image:
    """An ELF file."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        if self.bytes[:6] != b"\x7fELF\x01\x01":
            raise ValueError("not a 32-bit ELF file")
        self.path = path
        self.sections = list(self._sections())
        self.functions, self.objects = {}, []
        self._read_symbols()
        self._starts = sorted(self.functions)
        self._read_code()
        self._read_types()

    # --- memory ----------------------------------------------------------------------------------

    def _sections(self):
        offset, = struct.unpack_from("<I", self.bytes, 32)
        size, count, names = struct.unpack_from("<3H", self.bytes, 46)
        headers = [struct.unpack_from("<10I", self.bytes, offset + i * size) for i in range(count)]
        for h in headers:
            yield {"name": self._text(headers[names][4] + h[0]), "type": h[1], "flags": h[2],
                   "address": h[3], "offset": h[4], "size": h[5], "link": h[6]}

    def _text(self, offset):
        return self.bytes[offset:self.bytes.index(b"\0", offset)].decode("utf-8", "replace")

    def loaded(self):
        """Sections with contents that are in the chip's memory."""
        return [s for s in self.sections if s["type"] == 1 and s["flags"] & 2]

    def words(self, start, end):
        """[(address, value)] of the aligned words of initialised memory in this range."""
        found = []
        for s in self.loaded():
            first = max(start, s["address"]) + 3 & ~3
            last = min(end, s["address"] + s["size"])
            for address in range(first, last - 3, 4):
                value, = struct.unpack_from("<I", self.bytes, s["offset"] + address - s["address"])
                found.append((address, value))
        return found

    # --- symbols ---------------------------------------------------------------------------------

    def _read_symbols(self):
        table = next(s for s in self.sections if s["type"] == 2)
        strings = self.sections[table["link"]]["offset"]
        named = {}
        for at in range(table["offset"], table["offset"] + table["size"], 16):
            name, value, size, info = struct.unpack_from("<3IB", self.bytes, at)
            if info & 15 == 2:
                # name.part.0 and the like: what the compiler made of the function of that name
                text = self._text(strings + name).split(".")[0]
                named.setdefault(value & ~1, []).append((text, size))
            elif info & 15 == 1 and size:
                self.objects.append((value, value + size, self._text(strings + name)))
        self.objects.sort()
        starts = sorted(named)
        for start, following in zip(starts, starts[1:] + [1 << 32]):
            size = max(size for _, size in named[start])
            end = start + size if size else min(following, start + 4096)
            self.functions[start] = Function(named[start][0][0], start, end, size > 0)

    def function_at(self, address):
        """The function that has this address, or None."""
        i = bisect.bisect_right(self._starts, address & ~1) - 1
        function = self.functions[self._starts[i]] if i >= 0 else None
        return function if function and (address & ~1) < function.end else None

    def object_at(self, address):
        """(start, end, name) of the variable that has this address, or None."""
        i = bisect.bisect_right(self.objects, (address, 1 << 32, "")) - 1
        found = self.objects[i] if i >= 0 else None
        return found if found and address < found[1] else None

    # --- code ------------------------------------------------------------------------------------

    LINE = re.compile(r"^ *([0-9a-f]+):\t([0-9a-f ]+)\t(\S+)(?:\t(.*))?$")
    BRANCH = re.compile(r"^(?:b|bl|b[a-z]{2}|cbn?z)(?:\.[nw])?$")
    ENDS = re.compile(r"^(?:b(?:\.[nw])?|bx|pop.*pc.*|ldmia.*pc.*|udf|bkpt)$")

    def _read_code(self):
        names = [s["name"] for s in self.loaded() if s["flags"] & 4]
        text = run("objdump", "-d", "-z", *[f"-j{name}" for name in names], self.path)
        halves = {}
        last = None
        for line in text.splitlines():
            match = self.LINE.match(line)
            if not match:
                continue
            address = int(match.group(1), 16)
            here = self.function_at(address)
            if here is not last:
                self._fall_through(last, here, halves.get("ends", True))
                halves = {}
                last = here
            if here:
                self._read_line(here, match.group(3), (match.group(4) or ""), halves)

    @staticmethod
    def _fall_through(function, following, ends):
        if function and following and not function.is_c and not ends and \
                function.end == following.start:
            function.calls.append(following.start)

    def _read_line(self, function, mnemonic, operands, halves):
        operands, _, comment = map(str.strip, operands.partition("@"))
        if mnemonic == ".word":
            function.constants.append(int(operands, 16))
            return
        if "[pc," in operands and comment:  # the pool of an assembler function is elsewhere
            address = int(comment.strip("(").split()[0], 16)
            function.constants += [value for _, value in self.words(address, address + 4)]
        if self.BRANCH.match(mnemonic):
            target = re.search(r"([0-9a-f]+) <", operands)
            address = int(target.group(1), 16) if target else function.start
            if not function.start <= address < function.end:
                function.calls.append(address)
        elif mnemonic in ("movw", "movt"):
            register, number = operands.split(", #")
            if mnemonic == "movw":
                halves[register] = int(number)
            elif register in halves:
                function.constants.append(int(number) << 16 | halves[register])
        if mnemonic != "nop" and not mnemonic.startswith("."):
            halves["ends"] = bool(self.ENDS.match(f"{mnemonic} {operands}") or
                                  self.ENDS.match(mnemonic))

    # --- types -----------------------------------------------------------------------------------

    def _read_types(self):
        entries = read_debug_info(self.path)
        for entry in entries.values():
            origin = entries.get(reference(entry, "DW_AT_abstract_origin"), {})
            low = entry.get("DW_AT_low_pc") if entry["tag"] == "DW_TAG_subprogram" else None
            if low and int(low, 16) in self.functions:
                self.functions[int(low, 16)].signature = signature(entries, origin or entry)
        self.has_types = any(f.signature for f in self.functions.values())


def run(tool, *arguments):
    done = subprocess.run([PREFIX + tool, *arguments], capture_output=True, text=True, timeout=120,
                          check=False)
    if done.returncode != 0:
        raise ValueError(f"{PREFIX}{tool}: {done.stderr.strip()}")
    return done.stdout


ENTRY = re.compile(r"^ <(\d+)><([0-9a-f]+)>: Abbrev Number: \d+ \((DW_TAG_\w+)\)$")
ATTRIBUTE = re.compile(r"^    <[0-9a-f]+> +(DW_AT_\w+) *: (?:\(.*?\): )?(?:\(.*?\) )?(.*?)\s*$")
WANTED = {"DW_AT_name", "DW_AT_type", "DW_AT_low_pc", "DW_AT_abstract_origin",
          "DW_AT_specification"}


def read_debug_info(path):
    """{offset: {tag, attributes, parameters: [offset]}} of what types of functions are made of."""
    entries, stack, current = {}, {}, None
    for line in run("readelf", "--debug-dump=info", path).splitlines():
        match = ENTRY.match(line)
        if match:
            depth, offset, tag = int(match.group(1)), int(match.group(2), 16), match.group(3)
            current = {"tag": tag, "parameters": []}
            entries[offset] = stack[depth] = current
            if tag == "DW_TAG_formal_parameter" and depth - 1 in stack:
                stack[depth - 1]["parameters"].append(offset)
            continue
        match = ATTRIBUTE.match(line)
        if match and current is not None and match.group(1) in WANTED:
            current[match.group(1)] = match.group(2)
    return entries


def reference(entry, attribute):
    match = re.match(r"<0x([0-9a-f]+)>", entry.get(attribute, ""))
    return int(match.group(1), 16) if match else None


def type_name(entries, offset):
    """As in C, without const and without typedefs: yoke_task* is a pointer to struct yoke_task."""
    if offset is None:
        return "void"
    entry = entries[offset]
    inner = reference(entry, "DW_AT_type")
    if entry["tag"] == "DW_TAG_pointer_type":
        return type_name(entries, inner) + "*"
    if entry["tag"] in ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type",
                        "DW_TAG_atomic_type"):
        name = type_name(entries, inner)
        return name if name else entry.get("DW_AT_name", "?")
    if entry["tag"] == "DW_TAG_subroutine_type":
        return signature(entries, entry)
    return entry.get("DW_AT_name", "")


def signature(entries, entry):
    """result(parameters) of a function or of a function's type."""
    parameters = [type_name(entries, reference(entries[p], "DW_AT_type"))
                  for p in entry["parameters"]]
    return f"{type_name(entries, reference(entry, 'DW_AT_type'))}({','.join(parameters)})"
