# shellcheck shell=bash
# lab/run test: every test program, the samples' too, on the host or in the guest, and one report over all of their result files.

readonly device_tests=Vfio.Device.Tests
readonly report_tests=$device_tests.Inspect # those that make sense where no device opens
readonly test_report=Vfio.TestReport
readonly host_test_timeout=3600  # seconds, for a program on the host
readonly guest_test_timeout=1200 # seconds, for one run in the guest; a quiet machine takes one minute
readonly guest_test_silence=300  # seconds; on a quiet machine the longest test takes half a minute

run_test() {
    local host=1 device=1 matrix=0 kernels=() project
    while (($# > 0)); do
        case $1 in
            --host) device=0 ;;
            --device) host=0 ;;
            --matrix) matrix=1 ;;
            --)
                shift
                break
                ;;
            *)
                parse_options "$@"
                ((${#arguments[@]} < $#)) || wrong_usage "test knows no '$1'; what is for the test programs comes after --"
                set -- "${arguments[@]}"
                continue
                ;;
        esac
        shift
    done
    ((host || device)) || wrong_usage "--host and --device leave nothing to run"
    ((!matrix)) || [[ -z $kernel ]] || wrong_usage "--matrix takes all kernels, --kernel one"
    test_arguments=("$@")
    if ((device)); then
        test_kernels
    fi

    test_needs "$host" "$device"
    need_dotnet
    patiently "building everything" dotnet build "$repository/Vfio.Sdk.sln" -c Release -v quiet
    cd "$repository"
    test_results=artifacts/test-results
    test_runs=$test_results/runs.txt
    mkdir -p "$test_results"
    : >"$test_runs"
    test_tries=3

    if ((host)); then
        for project in tests/*.Tests samples/*/*.Tests; do
            project=${project##*/}
            [[ $project == "$device_tests" ]] || test_program "$project"
        done
    fi
    for kernel in "${kernels[@]}"; do
        kernel_prepare "$kernel"
        for mode in $(modes_chosen "$kernel"); do
            test_program "$device_tests" "$kernel" "$mode"
        done
    done
    dotnet "artifacts/bin/$test_report/release/$test_report.dll" "$test_runs" "$test_results/modes.txt" \
        ${test_arguments[0]+some}
}

# Sets kernels to those that the device tests run on, 'own' first because it has all modes.
test_kernels() {
    if [[ -n $kernel ]]; then
        kernels=("$kernel")
    else
        kernels=(own distro)
        ((!matrix)) || kernels+=(6.12 6.1)
    fi
    modes_check "${kernels[@]}"
}

# What the tests need beside the .NET SDK: a C compiler to check the bindings against, and the headers they came from.
test_needs() {
    local host=$1 device=$2 compiler=()
    ((!host)) || compiler=(gcc libc6-dev castxml)
    if ((device)); then
        need_guest "${compiler[@]}"
        for kernel in "${kernels[@]}"; do
            kernel_prepare "$kernel"
        done
    else
        need_packages "${compiler[@]}"
    fi
    if ((host)) && [[ -x $repository/interop/fetch-headers ]]; then
        "$repository/interop/fetch-headers" >/dev/null
    fi
}

# test_program PROJECT [KERNEL MODE]: runs it, and notes for the report what it ended with. What it prints is in the log.
test_program() {
    local project=$1 kernel=${2-} mode=${3-} name code=0 started=$SECONDS
    name=$test_results/$project${kernel:+.${kernel##*/}.$mode}
    while true; do
        test_once
        # A guest that stands still now and then is QEMU's fault. One that always does is somebody else's.
        ((code == exit_silent && test_tries > 0)) || break
        test_tries=$((test_tries - 1))
        say "it is run again"
    done
    printf '%s\t%s\t%s\t%d\t%d\t%s\n' "$project" "${kernel##*/}" "$mode" "$((SECONDS - started))" "$code" "$name.xml" >>"$test_runs"
}

# Uses what test_program has, and sets its code.
test_once() {
    rm -f "$name.xml"
    progress_begin "$project${kernel:+ on kernel $kernel, mode $mode}"
    # Not `test_on_host || code=$?`: that would switch -e off in everything that it calls.
    set +e
    (
        set -e
        program=(dotnet "artifacts/bin/$project/release/$project.dll" -xml "$name.xml" -noColor -noAutoReporters -reporter verbose
            "${test_arguments[@]}")
        if [[ -n $kernel ]]; then
            ! mode_lacks "$mode" || program+=(-namespace "$report_tests")
            test_in_guest
        else
            timeout --kill-after=10 "$host_test_timeout" "${program[@]}" </dev/null
        fi
    ) >"$name.log" 2>&1
    code=$?
    set -e
    if ((code == 0)); then
        progress_end "done"
    else
        progress_end "failed ($code)"
    fi
    # With a result file the report tells what failed.
    if ((verbose)); then
        cat "$name.log" >&2
    elif [[ ! -s $name.xml ]]; then
        tail -n 30 "$name.log" >&2
    fi
}

test_in_guest() {
    mode_set "$mode"
    timeout=${timeout:-$guest_test_timeout}
    silence=$guest_test_silence
    output=$name.log
    guest_run "${program[@]}"
}
