# shellcheck shell=bash
# The guest's initramfs: busybox, lab/guest/init, and the modules that the guest needs before it sees a file system.

# Loaded by init in this order, with what they depend on. The vfio ones are here because from the initramfs they load at once.
readonly initramfs_modules=(virtio_pci virtio_console 9pnet_virtio 9p overlay vfio_iommu_type1 vfio_pci)

# initramfs_prepare: sets initramfs to the path of the one that fits kernel_modules; built when the cache has none.
initramfs_prepare() {
    local init=$lab/guest/init key
    key=$(printf '%s\n' "$kernel_modules" "${initramfs_modules[*]}" | cat - "$init" /bin/busybox | sha256sum)
    initramfs=$lab_cache/initramfs/${key:0:16}.cpio
    if [[ ! -f $initramfs ]]; then
        debian_locked "initramfs-${key:0:16}" patiently "building the initramfs" initramfs_build "$init" "$initramfs"
    fi
}

initramfs_build() (
    set -euo pipefail
    local init=$1 file=$2 tree module
    [[ ! -f $file ]] || exit 0
    tree=$file.part
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,dev,proc,sys,modules,share,lower,upper,newroot}
    cp /bin/busybox "$tree/bin/busybox"
    install -m 755 "$init" "$tree/init"
    : >"$tree/modules/order"
    if [[ -n $kernel_modules ]]; then
        initramfs_module_files | while read -r module; do
            initramfs_add_module "$module" "$tree/modules"
        done
    fi
    # Not compressed: reading 2 MB costs QEMU nothing, unpacking them costs the emulated processor.
    (cd "$tree" && find . -print0 | sort -z | cpio --null --quiet -o -H newc -R 0:0) >"$file.new"
    rm -rf "$tree"
    mv "$file.new" "$file"
)

# The modules' files in the order to load them in; those that this kernel has built in are left out.
initramfs_module_files() {
    local module
    for module in "${initramfs_modules[@]}"; do
        modprobe -d "${kernel_modules%/lib/modules/*}" -S "${kernel_modules##*/}" --show-depends "$module" |
            sed -n 's/^insmod \([^ ]*\).*/\1/p'
    done | awk '!seen[$0]++'
}

initramfs_add_module() {
    local file=$1 dir=$2 name
    name=$(basename "$file")
    case $name in
        *.xz) name=${name%.xz} && xz -dc "$file" >"$dir/$name" ;;
        *.zst) name=${name%.zst} && zstd -qdc "$file" >"$dir/$name" ;;
        *) cp "$file" "$dir/$name" ;;
    esac
    printf '%s\n' "$name" >>"$dir/order"
}
