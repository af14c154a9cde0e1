# shellcheck shell=bash
# What the lab tells its user. Everything goes to stderr: stdout belongs to the command that runs in the guest.

# Exit codes of the lab itself, out of sysexits.h.
# shellcheck disable=SC2034 # for those who source this
readonly exit_usage=64 exit_unavailable=69

say() {
    printf 'lab: %s\n' "$*" >&2
}

# die [-c CODE] MESSAGE…
die() {
    local code=1
    if [[ ${1-} == -c ]]; then
        code=$2
        shift 2
    fi
    say "$@"
    exit "$code"
}

# A dot every five seconds, until killed or left alone by PARENT.
tick() {
    local parent=$1
    # The sleep must not outlive this: it would hold the caller's stderr open.
    trap 'kill $!; exit 0' TERM INT HUP
    while kill -0 "$parent" 2>/dev/null; do
        sleep 5 &
        wait $!
        printf '.' >&2
    done
}

# progress_begin MESSAGE, then progress_end WORD: what is under way, with dots until it ends.
progress_begin() {
    printf 'lab: %s …' "$1" >&2
    tick "$BASHPID" &
    progress_ticker=$!
}

progress_end() {
    kill "$progress_ticker" 2>/dev/null || true
    wait "$progress_ticker" 2>/dev/null || true
    printf ' %s\n' "$1" >&2
}

# patiently MESSAGE COMMAND…: runs a command that may take minutes. Its output is shown only if it fails; until then dots
# say that the lab is alive.
patiently() {
    local output code=0
    progress_begin "$1"
    shift
    output=$("$@" 2>&1) || code=$?
    if ((code != 0)); then
        progress_end "failed ($code)"
        printf '%s\n' "$output" >&2
    else
        progress_end "done"
    fi
    return "$code"
}
