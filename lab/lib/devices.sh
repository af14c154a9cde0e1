# shellcheck shell=bash
# The machine that QEMU emulates. lab/README.md says what each device is there for.

readonly whole_iommu='intel-iommu,intremap=on,caching-mode=on,aw-bits=48'

# devices_prepare DIR: sets devices to QEMU's arguments; DIR takes the files behind the devices. Uses what mode_set set.
devices_prepare() {
    local dir=$1
    truncate -s 64M "$dir/nvme.raw"
    devices=(
        -nodefaults -display none
        # The kernel's own hot-plug of PCI Express serves the ports, as on most machines: ACPI's would take a device without asking.
        -global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off
        ${mode_iommu:+-device "$mode_iommu"}

        -device 'edu,id=edu,addr=3'

        -drive "file=$(qemu_escape "$dir/nvme.raw"),if=none,id=namespace,format=raw,discard=unmap"
        -device 'nvme,id=nvme,serial=lab,addr=4'
        -device 'nvme-ns,bus=nvme,drive=namespace,logical_block_size=4096,physical_block_size=4096'

        -object 'memory-backend-memfd,id=shared,size=16M,share=on'
        -device 'ivshmem-plain,memdev=shared,addr=5'

        -device 'pcie-root-port,id=port1,chassis=1,slot=1,addr=6'
        -device 'igb,id=igb,bus=port1'

        # Behind a conventional bridge the IOMMU cannot tell the devices apart: both are one group.
        -device 'pcie-root-port,id=port2,chassis=2,slot=2,addr=7'
        -device 'pcie-pci-bridge,id=conventional,bus=port2'
        -device 'e1000,bus=conventional,addr=1'
        -device 'rtl8139,bus=conventional,addr=2'
    )
}

# A comma ends an option's value for QEMU, unless doubled.
qemu_escape() {
    printf '%s' "${1//,/,,}"
}
