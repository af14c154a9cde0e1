# shellcheck shell=bash
# lab/run nvme: the sample driver's command on the guest's NVMe.

readonly nvme_tool=artifacts/lab/publish/Vfio.Nvme.Tool/release_linux-x64/nvme-vfio.dll

run_nvme() {
    parse_options "$@"
    choose_guest
    build_ahead "building the NVMe driver" samples/Nvme/Vfio.Nvme.Tool
    # The address goes behind the command, unless there is one, or the command takes none.
    # shellcheck disable=SC2016 # the guest's variables
    guest_run sh -c '
        tool=$1
        shift
        for device in /sys/bus/pci/devices/*; do
            if [ "$(cat "$device/vendor"):$(cat "$device/device")" = 0x1b36:0x0010 ]; then
                address=${device##*/}
                echo vfio-pci >"$device/driver_override"
                [ ! -e "$device/driver" ] || echo "$address" >"$device/driver/unbind"
                echo "$address" >/sys/bus/pci/drivers_probe
                break
            fi
        done
        if [ -z "${address-}" ]; then
            echo "the guest has no NVMe" >&2
            exit 1
        fi
        case " $* " in
            *" $address "* | *" --help "* | *" -h "* | "  " | " list "* | " -"*) exec dotnet "$tool" "$@" ;;
        esac
        command=$1
        shift
        exec dotnet "$tool" "$command" "$address" "$@"' nvme "$nvme_tool" "${arguments[@]}"
}
