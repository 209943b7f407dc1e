# shellcheck shell=bash
# Source code from Debian that no package installs, or not this machine's release: unpacked into
# .deps/, the system untouched. Read in with `.` after lib.sh.
#
# apt gets a state of its own below .deps/apt, and the address that the machine's own apt uses. It
# need not know the keys of that release: what counts is the SHA-256 in deps.txt.

deps=$PWD/.deps

# Lines of deps.txt for these purposes whose folder is not there in the pinned version.
missing_deps() { # purpose …
    local folder purpose rest hash
    while read -r folder purpose rest; do
        [[ " $* " == *" $purpose "* ]] || continue
        hash=$(awk '{ print $4 }' <<<"$rest")
        # The SDK that the user has is used as it is, with what belongs to it.
        [ "$purpose" = firmware ] && [ -n "${PICO_SDK_PATH-}" ] && continue
        [ "$(cat "$deps/$folder/.sha256" 2>/dev/null)" = "$hash" ] || echo "$folder $rest"
    done < <(grep -v '^#' tools/deps.txt)
}

# Where this machine gets Debian's own packages from. The address is never written down.
debian_mirrors() {
    # shellcheck disable=SC2016 # these are apt's
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' \
        'Component: main' | awk '$2 !~ /[-\/]/ && !seen[$1]++ { print $1 }'
}

apt_of() { # release, arguments of apt-get …
    local state=$deps/apt/$1
    shift
    # shellcheck disable=SC2154 # of lib.sh
    "${limit[@]}" 600 apt-get -qq -o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache" \
        -o "Dir::State::status=$state/status" -o "Dir::Etc::SourceList=$state/sources.list" \
        -o Dir::Etc::SourceParts=/dev/null -o "APT::Sandbox::User=$(id -un)" \
        -o Acquire::Retries=3 -o Acquire::Languages=none -o APT::Update::Error-Mode=any "$@"
}

# Have apt read the lists of a release, once a run; the first mirror that has it serves.
open_release() { # release
    local state=$deps/apt/$1 mirror
    [ "$(cat "$state/opened" 2>/dev/null)" = $$ ] && return
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    : >"$state/status"
    while read -r mirror; do
        # trusted: because each package is pinned by its hash
        printf '%s [trusted=yes] '"$mirror $1 main"'\n' deb deb-src >"$state/sources.list"
        apt_of "$1" update && echo $$ >"$state/opened" && return
    done < <(debian_mirrors)
    echo "none of the places this machine's apt gets Debian from has the release $1"
    return 1
}

# Into the folder where this is called: a package, or of a source package (src:NAME) what its
# authors released. For that apt is told no version: Debian's revisions come and go, and leave it as
# it is.
download() { # release, package, version
    case $2 in
    src:*) apt_of "$1" source --download-only --tar-only "${2#src:}" ;;
    *) apt_of "$1" download "$2=$3" ;;
    esac && return
    echo "the release $1 has no $2 $3 for this machine"
    return 1
}

is_pinned() { # file, package, version, SHA-256
    echo "$4  $1" | sha256sum --quiet -c && return
    echo "$2 $3 is not the file that tools/deps.txt pins: it is not used"
    return 1
}

unpack() { # file, folder inside
    case $1 in
    *.deb) dpkg -x "$1" . ;;
    *) tar -xf "$1" "$2" ;;
    esac
}

# The mark is written last, so what was interrupted is done again.
bring_dep() { # folder, release, package, version, SHA-256, folder inside
    local work=$deps/apt/work
    rm -rf "$work" "${deps:?}/$1"
    mkdir -p "$work"
    (cd "$work" && open_release "$2" && download "$2" "$3" "$4" &&
        is_pinned "$(ls)" "$3" "$4" "$5" && unpack "$(ls)" "$6") &&
        mv "$work/$6" "$deps/$1" && echo "$5" >"$deps/$1/.sha256" && rm -rf "$work"
}
