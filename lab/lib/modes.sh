# shellcheck shell=bash
# Modes: the ways from a program to a device that the guest can be made to offer. lab/README.md says what each is.

readonly container_modes=(type1v2 type1v1)
readonly all_modes=(iommufd "${container_modes[@]}" compat-type1v2 compat-type1v1 noiommu noiommu-iommufd)

# modes_of KERNEL: the modes that it has, a line each. Debian's kernels have neither iommufd nor no-IOMMU mode.
modes_of() {
    case $1 in
        own | */*) printf '%s\n' "${all_modes[@]}" ;;
        *) printf '%s\n' "${container_modes[@]}" ;;
    esac
}

# modes_chosen KERNEL: those of its modes that --mode names, or else all.
modes_chosen() {
    if ((${#modes[@]} == 0)); then
        modes_of "$1"
    else
        modes_of "$1" | grep -Fx -f <(printf '%s\n' "${modes[@]}") || true
    fi
}

# modes_check KERNEL…: each mode that --mode names is one of some kernel's.
modes_check() {
    local mode kernel
    for mode in "${modes[@]}"; do
        for kernel; do
            modes_of "$kernel"
        done | grep -Fxq -e "$mode" || wrong_usage "the kernel '$*' has no mode '$mode'"
    done
}

# modes_add LIST: takes a value of --mode, which may be several with commas between them.
modes_add() {
    local mode
    for mode in ${1//,/ }; do
        [[ " ${all_modes[*]} " == *" $mode "* ]] || wrong_usage "unknown mode '$mode': it is one of ${all_modes[*]}"
        modes+=("$mode")
    done
}

# mode_set MODE: tells the guest's kernel, the library, and the tests.
mode_set() {
    export VFIO_TEST_MODE=$1 VFIO_BACKEND=$1
    if [[ $1 == noiommu* ]]; then
        export VFIO_TEST_NOIOMMU=1
        [[ $1 == noiommu ]] || VFIO_BACKEND=iommufd
        mode_append='intel_iommu=off vfio.enable_unsafe_noiommu_mode=1'
    else
        unset VFIO_TEST_NOIOMMU
        mode_append=''
    fi
}
