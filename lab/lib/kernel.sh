# shellcheck shell=bash
# Kernels for the guest. Each kind ends as two paths: an image, and a directory of modules (empty when all is built in).
# A later kind is one more function and one more line in kernel_prepare.

# kernel_prepare NAME|IMAGE: sets kernel_image and kernel_modules (the directory named after the kernel's release, or '').
kernel_prepare() {
    case $1 in
        distro) kernel_debian trixie-backports linux-image-amd64 ;;
        6.12) kernel_debian trixie linux-image-amd64 ;;
        6.1) kernel_debian bookworm linux-image-amd64 ;;
        own) kernel_own trixie-backports ;;
        */*)
            [[ -f $1 && -r $1 ]] || die -c "$exit_usage" "there is no kernel image '$1'"
            kernel_image=$(realpath "$1")
            kernel_modules=''
            ;;
        *) die -c "$exit_usage" "unknown kernel '$1': it is 'distro', '6.12', '6.1', 'own', or the path (with a slash) of a kernel image" ;;
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
    kernel_take "$lab_cache/kernels/$(<"$newest")"
}

# Debian's kernel source with the options of lab/guest/kernel.config, which Debian's own kernels lack. Built once for each
# version and set of options.
kernel_own() {
    local suite=$1 config=$lab/guest/kernel.config key newest
    key=own-$(sha256sum <"$config" | cut -c 1-8)
    newest=$lab_cache/kernels/$key.newest
    if [[ ${VFIO_LAB_UPDATE-} == 1 || ! -s $newest ]]; then
        local version package source dir
        need_packages bc bison cpio flex gcc libc6-dev libelf-dev libssl-dev make xz-utils
        version=$(debian_candidate "$suite" linux-source)
        package=$(debian_depends "$suite" linux-source | grep -E '^linux-source-[0-9]' | head -n 1) ||
            die "linux-source of $suite names no source"
        dir=${key}_$version
        if [[ ! -d $lab_cache/kernels/$dir ]]; then
            source=$(debian_package "$suite" "$package" "$version")
            debian_locked "$dir" kernel_build "$source/usr/src/$package.tar.xz" "$config" "$lab_cache/kernels/$dir"
        fi
        printf '%s\n' "$dir" >"$newest.$BASHPID"
        mv "$newest.$BASHPID" "$newest"
    fi
    kernel_take "$lab_cache/kernels/$(<"$newest")"
}

# kernel_build TARBALL CONFIG DIR: DIR appears complete or not at all.
kernel_build() {
    local dir=$3 code=0
    # Another lab may have done it while this one waited for the lock.
    [[ ! -d $dir ]] || return 0
    # Left over from one that was killed: the lock is ours, so nobody works in there.
    rm -rf "$dir.build" "$dir.part"
    mkdir -p "$dir.build" "$dir.part"
    kernel_compile "$1" "$2" "$dir.build" "$dir.part" && mv "$dir.part" "$dir" || code=$?
    rm -rf "$dir.build" "$dir.part"
    return "$code"
}

kernel_compile() {
    local tarball=$1 config=$2 tree=$3 result=$4 untaken
    patiently "unpacking ${tarball##*/}" tar -x --strip-components=1 -C "$tree" -f "$tarball" || return
    patiently "configuring the kernel" kernel_make "$tree" "KCONFIG_ALLCONFIG=$config" allnoconfig || return
    # An option that the next version renames, or gives one more condition, is dropped without a word.
    if untaken=$(grep '^CONFIG_' "$config" | grep -vxFf "$tree/.config"); then
        say "the kernel does not take these options of $config:" "$untaken"
        return 1
    fi
    patiently "compiling the kernel, 7 minutes with two processors" kernel_make "$tree" vmlinux modules || return
    patiently "installing the kernel into the cache" \
        kernel_make "$tree" "INSTALL_MOD_PATH=$result" INSTALL_MOD_STRIP=1 modules_install || return
    mv "$tree/vmlinux" "$result/vmlinux" && mv "$tree/.config" "$result/config" && rm -f "$result"/lib/modules/*/build
}

# Nothing of the caller's environment says how to build it, and the result does not name this machine.
kernel_make() {
    local tree=$1
    shift
    env -i "PATH=$PATH" LC_ALL=C KBUILD_BUILD_USER=lab KBUILD_BUILD_HOST=lab make -s -C "$tree" -j "$(nproc)" "$@" </dev/null
}

kernel_take() {
    kernel_modules=$(echo "$1"/lib/modules/*)
    kernel_image=$(kernel_find_image "$1")
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

# The emulated processor takes long to uncompress a kernel that the host's uncompresses at once. QEMU boots the plain ELF file
# as well. An image that is packed in another way stays as it is.
kernel_uncompress() {
    local dir=$1 image
    image=$(kernel_find_image "$dir")
    [[ $image != "$dir/vmlinux" ]] || return 0
    kernel_unpack "$image" '\x28\xb5\x2f\xfd' zstd "$dir/vmlinux" || kernel_unpack "$image" '\xfd7zXZ\0' xz "$dir/vmlinux" || true
}

# kernel_unpack IMAGE MAGIC PROGRAM FILE: FILE is the ELF file that begins with MAGIC inside IMAGE; fails when there is none.
kernel_unpack() {
    local image=$1 magic=$2 program=$3 file=$4 offset
    offset=$(LC_ALL=C grep -obaP -m 1 "$magic" "$image" | head -n 1 | cut -d : -f 1) || return
    # The program complains about what follows the packed kernel; whether an ELF file came out is what counts.
    tail -c "+$((offset + 1))" "$image" | "$program" -dqc >"$file.part" 2>/dev/null || true
    if LC_ALL=C grep -q -m 1 -a $'^\x7fELF' <(head -c 4 "$file.part"); then
        mv "$file.part" "$file"
    else
        rm "$file.part"
        return 1
    fi
}
