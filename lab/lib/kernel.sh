# shellcheck shell=bash
# Kernels for the guest. Each kind ends as two paths: an image, and a directory of modules (empty when all is built in).
# A later kind (an own build, an older long-term line) is one more function and one more line in kernel_prepare.

# kernel_prepare NAME|IMAGE: sets kernel_image and kernel_modules (the directory named after the kernel's release, or '').
kernel_prepare() {
    case $1 in
        distro) kernel_debian trixie-backports linux-image-amd64 ;;
        */*)
            [[ -f $1 && -r $1 ]] || die -c "$exit_usage" "there is no kernel image '$1'"
            kernel_image=$(realpath "$1")
            kernel_modules=''
            ;;
        *) die -c "$exit_usage" "unknown kernel '$1': it is 'distro', or the path (with a slash) of a kernel image" ;;
    esac
}

# The kernel that Debian's metapackage names, unpacked and never installed. Which one that was is remembered, so a warm cache
# needs no mirror; VFIO_LAB_UPDATE=1 asks for a newer one.
kernel_debian() {
    local suite=$1 metapackage=$2 newest=$lab_cache/kernels/$1-$2.newest dir
    if [[ ${VFIO_LAB_UPDATE-} == 1 || ! -s $newest ]]; then
        local version image packages
        version=$(debian_candidate "$suite" "$metapackage")
        image=$(debian_depends "$suite" "$metapackage" | grep -E '^linux-image-[0-9]' | head -n 1) ||
            die "$metapackage of $suite names no kernel"
        # Newer kernels are split: the image's package is empty, and image and modules are its dependencies.
        packages=$(debian_depends "$suite" "$image" | grep -E '^linux-(base|binary|modules)-[0-9]' || true)
        dir=${image#linux-image-}_$version
        # shellcheck disable=SC2086 # one word per package
        debian_unpack "$suite" "$lab_cache/kernels/$dir" "$image=$version" $packages
        debian_locked "$dir" kernel_index "$lab_cache/kernels/$dir"
        debian_locked "$dir" kernel_uncompress "$lab_cache/kernels/$dir"
        printf '%s\n' "$dir" >"$newest.$BASHPID"
        mv "$newest.$BASHPID" "$newest"
    fi
    dir=$lab_cache/kernels/$(<"$newest")
    kernel_modules=$(echo "$dir"/lib/modules/*)
    kernel_image=$(kernel_find_image "$dir")
}

# The fastest image to boot that a package's directory has.
kernel_find_image() {
    local image
    for image in "$1/vmlinux" "$1"/lib/modules/*/vmlinuz "$1"/boot/vmlinuz-*; do
        if [[ -f $image ]]; then
            printf '%s\n' "$image"
            return
        fi
    done
    die "the cache's $1 holds no kernel: remove it and start again"
}

# What a package's installation would have done: modprobe needs modules.dep.
kernel_index() {
    local dir=$1 release
    [[ -e $dir/lib ]] || ln -s usr/lib "$dir/lib"
    release=$(basename "$dir"/lib/modules/*)
    patiently "indexing the modules of $release" depmod -b "$dir" "$release"
}

# The emulated processor takes three seconds to uncompress a kernel that the host's uncompresses in none. QEMU boots the plain
# ELF file as well. An image that is not packed with zstd stays as it is.
kernel_uncompress() {
    local dir=$1 image offset
    image=$(kernel_find_image "$dir")
    [[ $image != "$dir/vmlinux" ]] || return 0
    offset=$(LC_ALL=C grep -obaP -m 1 '\x28\xb5\x2f\xfd' "$image" | head -n 1 | cut -d : -f 1) || return 0
    # zstd complains about what follows the packed kernel; whether an ELF file came out is what counts.
    tail -c "+$((offset + 1))" "$image" | zstd -dqc >"$dir/vmlinux.part" 2>/dev/null || true
    if LC_ALL=C grep -q -m 1 -a $'^\x7fELF' <(head -c 4 "$dir/vmlinux.part"); then
        mv "$dir/vmlinux.part" "$dir/vmlinux"
    else
        rm "$dir/vmlinux.part"
    fi
}
