# shellcheck shell=bash
# lab/run test: every test program, on the host or in the guest, and one count over all of their result files.

readonly device_tests=Vfio.Device.Tests
readonly test_timeout=3600       # seconds, for a program on the host
readonly guest_test_timeout=900 # seconds, for one run in the guest; a quiet machine takes two minutes

run_test() {
    local host=1 device=1 projects project
    while (($# > 0)); do
        case $1 in
            --host) device=0 ;;
            --device) host=0 ;;
            --kernel)
                (($# > 1)) || wrong_usage "--kernel needs a value"
                kernel=$2
                shift
                ;;
            --verbose) verbose=1 ;;
            --)
                shift
                break
                ;;
            *) wrong_usage "test knows no '$1'; what is for the test programs comes after --" ;;
        esac
        shift
    done
    ((host || device)) || wrong_usage "--host and --device leave nothing to run"
    test_arguments=("$@")

    test_needs "$host" "$device"
    need_dotnet
    patiently "building everything" dotnet build "$repository/Vfio.Sdk.sln" -c Release -v quiet
    test_results=$repository/artifacts/test-results
    mkdir -p "$test_results"
    passed=0 failed=0 skipped=0

    if ((host)); then
        for project in "$repository"/tests/*.Tests; do
            project=${project##*/}
            [[ $project == "$device_tests" ]] || test_program "$project" test_on_host
        done
    fi
    if ((device)); then
        test_program "$device_tests" test_in_guest
    fi

    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    ((failed == 0))
}

# What the tests need beside the .NET SDK: a C compiler to check the bindings against, and the headers they came from.
test_needs() {
    local host=$1 device=$2 compiler=()
    ((!host)) || compiler=(gcc libc6-dev castxml)
    if ((device)); then
        need_guest "${compiler[@]}"
    else
        need_packages "${compiler[@]}"
    fi
    if ((host)) && [[ -x $repository/interop/fetch-headers ]]; then
        "$repository/interop/fetch-headers" >/dev/null
    fi
}

# test_program PROJECT WHERE: runs it, and adds what its result file says to passed, failed and skipped.
test_program() {
    local project=$1 where=$2 results=$test_results/$1.xml code=0
    rm -f "$results"
    say "$project"
    # Not `"$where" || code=$?`: that would switch -e off in everything that it calls.
    set +e
    (set -e && "$where" "$project" "artifacts/test-results/$project.xml")
    code=$?
    set -e
    if [[ ! -s $results ]]; then
        test_broken "$project ended with code $code and left no results"
        return
    fi

    local counts total pass fail skip errors
    counts=$(test_counts "$results") || {
        test_broken "$project left results that cannot be read: $results"
        return
    }
    read -r total pass fail skip errors <<<"$counts"
    passed=$((passed + pass))
    failed=$((failed + fail + errors))
    skipped=$((skipped + skip))
    if ((total == 0 && ${#test_arguments[@]} == 0)); then
        test_broken "$project ran no tests"
    elif ((code != 0 && fail + errors == 0 && total > 0)); then
        test_broken "$project ended with code $code, though none of its tests failed"
    fi
}

# A program that breaks down counts as one failed test: the last line must not look well.
test_broken() {
    say "$1"
    failed=$((failed + 1))
}

# Prints TOTAL PASSED FAILED SKIPPED ERRORS of an xunit result file.
test_counts() {
    local tag name value
    tag=$(grep -om 1 '<assembly [^>]*>' "$1") || return
    for name in total passed failed skipped errors; do
        value=$(grep -oE " $name=\"[0-9]+\"" <<<"$tag" | grep -oE '[0-9]+') || return
        printf '%s ' "$value"
    done
}

test_on_host() {
    cd "$repository"
    timeout --kill-after=10 "$test_timeout" \
        dotnet "artifacts/bin/$1/release/$1.dll" -xml "$2" -noColor "${test_arguments[@]}" </dev/null
}

test_in_guest() {
    # QEMU may lose an interrupt, and the guest then stands still for good: a run that does is ended and made again.
    local attempt code
    timeout=$guest_test_timeout
    for attempt in 1 2 3; do
        code=0
        (guest_run dotnet "artifacts/bin/$1/release/$1.dll" -xml "$2" -noColor "${test_arguments[@]}") || code=$?
        ((code == exit_timeout)) || break
        say "the guest stood still (try $attempt of 3)"
        rm -f "$repository/$2"
    done
    return "$code"
}
