# shellcheck shell=bash
# lab/run bench: the SDK and the floor, which is the same work in C, in turns in one guest, or on the host. See bench/README.md.

readonly bench_program=artifacts/lab/publish/Vfio.FloorComparison/release_linux-x64/Vfio.FloorComparison.dll
readonly bench_floor=artifacts/bench/floor
readonly bench_json=artifacts/bench/results.json
readonly bench_log=artifacts/bench/progress.log
readonly bench_silence=240  # seconds; each line of progress takes less, also on a busy machine
readonly bench_quick_silence=90
readonly bench_timeout=1800 # seconds; with --quick it takes a few minutes

run_bench() {
    local host=0 json='' code=0
    silence=$bench_silence
    bench_arguments=(--floor "$bench_floor/floor")
    while (($# > 0)); do
        case $1 in
            --host)
                host=1
                bench_arguments+=(--host)
                ;;
            --quick)
                bench_arguments+=(--quick)
                silence=$bench_quick_silence
                ;;
            --json | --row)
                (($# > 1)) || wrong_usage "$1 needs a value"
                bench_option "$1" "$2"
                shift
                ;;
            --json=* | --row=*) bench_option "${1%%=*}" "${1#*=}" ;;
            *)
                parse_options "$@"
                ((${#arguments[@]} < $#)) || wrong_usage "bench knows no '$1'"
                set -- "${arguments[@]}"
                continue
                ;;
        esac
        shift
    done
    ((${#modes[@]} == 0)) || wrong_usage "bench runs with every back end that the kernel has, and takes no --mode"

    if ((host)); then
        need_packages gcc libc6-dev make
    else
        kernel=${kernel:-own}
        need_guest gcc libc6-dev make
        kernel_prepare "$kernel"
    fi
    bench_build
    cd "$repository" || return
    rm -f "$bench_json"
    if ((host)); then
        dotnet "$bench_program" "${bench_arguments[@]}" || code=$?
    else
        bench_in_guest || code=$?
    fi
    # In the guest only the repository is the host's, so the results come out through it.
    if [[ -n $json && -s $bench_json ]]; then
        cp "$bench_json" "$json"
    fi
    return "$code"
}

# A guest that stands still is QEMU's fault, and is given up for another: nothing is lost, for all comes out at the end.
bench_in_guest() {
    local try code
    timeout=${timeout:-$bench_timeout}
    output=$repository/$bench_log
    mkdir -p "${output%/*}"
    for try in 1 2 3; do
        : >"$output"
        code=0
        guest_run dotnet "$bench_program" "${bench_arguments[@]}" 2> >(tee "$output" >&2) || code=$?
        ((code == exit_silent && try < 3)) || return "$code"
        say "it is run again"
    done
}

# Uses what run_bench has.
bench_option() {
    case $1 in
        --json)
            # From the caller's folder, which is another one soon.
            json=$(realpath -m -- "$2")
            [[ -n $2 && -d ${json%/*}/ && ! -d $json ]] || wrong_usage "there is no folder for '$2'"
            bench_arguments+=(--json "$bench_json")
            ;;
        --row) bench_arguments+=(--row "$2") ;;
    esac
}

bench_build() {
    local headers
    # The machine's own may be older than iommufd.
    headers=$("$repository/interop/fetch-headers" | awk '$1 == "linux-libc-dev" { print $3 }')
    # shellcheck disable=SC2016 # make's own variables
    patiently "building the floor" make -s -C "$repository/bench/floor" OUT="$repository/$bench_floor" \
        KERNEL_HEADERS="$(paste -s -d ' ' <<<"$headers")"
    build_ahead "building the comparison" bench/Vfio.FloorComparison
}
