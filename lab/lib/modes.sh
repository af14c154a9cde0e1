# shellcheck shell=bash
# Modes: the ways from a program to a device that the guest can be made to offer, or to lack. lab/README.md says what each is.

readonly container_modes=(type1v2 type1v1)
# In these no device opens, and what the tests ask is whether a report says why.
readonly lacking_modes=(without-intremap without-iommu)
readonly all_modes=(iommufd "${container_modes[@]}" compat-type1v2 compat-type1v1 noiommu noiommu-iommufd "${lacking_modes[@]}")

# modes_of KERNEL: the modes that it has, a line each. Debian's kernels have neither iommufd nor no-IOMMU mode.
modes_of() {
    case $1 in
        own | */*) printf '%s\n' "${all_modes[@]}" ;;
        *) printf '%s\n' "${container_modes[@]}" "${lacking_modes[@]}" ;;
    esac
}

# modes_chosen KERNEL: those of its modes that --mode names, or else all; of those that lack something, only own's.
modes_chosen() {
    if ((${#modes[@]} == 0)); then
        if [[ $1 == own ]]; then
            modes_of "$1"
        else
            modes_of "$1" | grep -Fxv -f <(printf '%s\n' "${lacking_modes[@]}")
        fi
    else
        modes_of "$1" | grep -Fx -f <(printf '%s\n' "${modes[@]}") || true
    fi
}

# modes_check KERNEL…: each mode that --mode names is one of some kernel's.
modes_check() {
    local mode kernel
    for mode in "${modes[@]}"; do
        # Not grep -q, which ends at the first match: who writes to it still would fail, and the whole with it.
        for kernel; do
            modes_of "$kernel"
        done | grep -Fx -e "$mode" >/dev/null || wrong_usage "the kernel '$*' has no mode '$mode'"
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

# mode_lacks MODE: whether it is one of those in which no device opens.
mode_lacks() {
    [[ " ${lacking_modes[*]} " == *" $1 "* ]]
}

# mode_set MODE: tells QEMU, the guest's kernel, the library, and the tests.
mode_set() {
    export VFIO_TEST_MODE=$1 VFIO_BACKEND=$1
    unset VFIO_TEST_NOIOMMU
    mode_append=''
    mode_iommu=$whole_iommu
    case $1 in
        noiommu | noiommu-iommufd)
            export VFIO_TEST_NOIOMMU=1
            [[ $1 == noiommu ]] || VFIO_BACKEND=iommufd
            mode_append='intel_iommu=off vfio.enable_unsafe_noiommu_mode=1'
            ;;
        without-intremap)
            unset VFIO_BACKEND
            mode_iommu=${whole_iommu/intremap=on/intremap=off}
            ;;
        without-iommu)
            unset VFIO_BACKEND
            mode_iommu=''
            ;;
    esac
}
