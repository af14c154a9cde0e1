# shellcheck shell=bash
# Boots the guest for one command, and takes away everything afterwards.
#
# Host and guest share a directory that lives as long as the guest (9p, tag "share"):
#   command, environment   NUL-separated      repository   its path
#   modules, tty           present if there are modules, if a terminal is wanted ("ROWS COLUMNS")
#   started, exit          written by the guest: the command is about to run; its exit code
# The command's output comes through two virtio-serial ports, each into a pipe that a cat copies to this process' own stdout
# or stderr. QEMU does not get those themselves: it would make them non-blocking, for whoever else has them too.

readonly exit_died=70 exit_timeout=124 exit_silent=75 exit_unbooted=77
readonly boot_limit=45 # seconds; an unhurried boot takes six

# Environment variables that go along into the guest, beside VFIO_*: where the .NET SDK is and how it behaves.
readonly guest_environment='^(VFIO_.*|PATH|LANG|LC_ALL|TZ|DOTNET_.*)='

# guest_run COMMAND…: uses what kernel_prepare and mode_set set, and timeout (seconds), terminal (0 or 1) and verbose (0 or 1)
# of the caller. With silence (seconds) in output (a file, which takes stdout) the guest is stopped as if by a time limit.
# Returns the command's exit code, or one of the above.
guest_run() {
    guest_prepare "$@"
    local code=0
    if ((terminal)); then
        guest_boot_terminal || code=$?
    else
        guest_boot || code=$?
    fi
    guest_cleanup
    return "$code"
}

guest_prepare() {
    initramfs_prepare

    local run=${XDG_RUNTIME_DIR:-/tmp}
    [[ -d $run && -w $run ]] || run=/tmp
    guest_dir=$(mktemp -d "$run/vfio-lab.XXXXXX")
    guest_pids=()
    trap guest_cleanup EXIT
    trap 'guest_interrupted INT' INT
    trap 'guest_interrupted TERM' TERM
    trap 'guest_interrupted HUP' HUP

    local share=$guest_dir/share
    mkdir "$share"
    printf '%s\0' "$@" >"$share/command"
    env -0 | grep -zE "$guest_environment" >"$share/environment" || true
    printf '%s\n' "$repository" >"$share/repository"
    [[ -z $kernel_modules ]] || : >"$share/modules"
    if ((terminal)); then
        stty size >"$share/tty"
        # Only with a terminal: programs take it for a promise that there is one.
        printf 'TERM=%s\0' "${TERM-linux}" >>"$share/environment"
    fi

    devices_prepare "$guest_dir"
    qemu=(
        # Dies with this process, even if that is killed outright.
        setpriv --pdeathsig KILL
        qemu-system-x86_64
        # Never KVM because /dev/kvm exists: on some machines it cannot start an ordinary kernel.
        # Without x2APIC: its registers seem to lose more interrupts; and guest/init writes to a memory-mapped one.
        -M q35 -accel 'tcg,thread=multi' -cpu max,x2apic=off -smp 2 -m "${VFIO_LAB_MEMORY:-3G}" -no-reboot
        -kernel "$kernel_image" -initrd "$initramfs"
        # A periodic timer: QEMU loses an interrupt of a one-shot timer now and then, and a guest that sleeps never wakes. For
        # what guest/init does about the others, it may write to what the kernel has in use. Without the driver of hot-plug behind
        # conventional bridges, which keeps the group of whatever is behind one from being viable.
        -append "console=ttyS0 quiet panic=-1 nohz=off highres=off iomem=relaxed initcall_blacklist=shpcd_init intel_iommu=on $mode_append ${VFIO_LAB_APPEND-}"
        -chardev "file,id=console,path=$(qemu_escape "$guest_dir/console")" -serial chardev:console
        -monitor none
        "${devices[@]}"
        -device 'virtio-serial-pci,id=ports,addr=0x10'
    )
    guest_monitor
    guest_export host / 0x11 ,readonly=on
    guest_export repository "$repository" 0x12
    guest_export share "$share" 0x13
    [[ -z $kernel_modules ]] || guest_export modules "$kernel_modules" 0x14 ,readonly=on
}

# The guest has QEMU's monitor at a port, to unplug devices and plug them in. Both ends are QEMU's: a socket joins them.
guest_monitor() {
    local socket
    socket=$(qemu_escape "$guest_dir/monitor")
    qemu+=(
        -chardev "socket,id=monitor,path=$socket,server=on,wait=off" -mon chardev=monitor,mode=readline
        -chardev "socket,id=unplug,path=$socket,reconnect-ms=500" -device virtserialport,chardev=unplug,name=monitor
    )
}

# guest_export TAG DIRECTORY ADDRESS [OPTIONS]: DIRECTORY is there in the guest as a 9p file system.
guest_export() {
    qemu+=(
        -fsdev "local,id=$1,path=$(qemu_escape "$2"),security_model=none,multidevs=remap${4-}"
        -device "virtio-9p-pci,fsdev=$1,mount_tag=$1,addr=$3"
    )
}

# About one boot in a hundred stands still: an emulated processor misses its timer's interrupt. The command has not been
# started then, so nothing is lost by another try.
guest_boot() {
    local attempt code
    for attempt in 1 2 3; do
        code=0
        guest_attempt || code=$?
        ((code == exit_unbooted)) || return "$code"
        say "the guest did not boot within $boot_limit seconds (try $attempt of 3)"
        guest_log
    done
    return "$exit_died"
}

guest_attempt() {
    local out err out_reader err_reader vm timer boot listener=none ended status waiting code=0
    rm -f "$guest_dir/out" "$guest_dir/err"
    mkfifo "$guest_dir/out" "$guest_dir/err"
    cat <"$guest_dir/out" &
    out_reader=$!
    cat <"$guest_dir/err" >&2 &
    err_reader=$!
    # QEMU inherits them open, so the readers see the end of their input even when it does not get as far as opening a file.
    exec {out}>"$guest_dir/out" {err}>"$guest_dir/err"
    # In a session of its own: a terminal's Ctrl-C is for this process, which then stops QEMU.
    setsid "${qemu[@]}" \
        -add-fd "fd=$out,set=1" -chardev file,id=out,append=on,path=/dev/fdset/1 -device virtserialport,chardev=out,name=stdout \
        -add-fd "fd=$err,set=2" -chardev file,id=err,append=on,path=/dev/fdset/2 -device virtserialport,chardev=err,name=stderr \
        </dev/null >"$guest_dir/qemu.log" 2>&1 &
    vm=$!
    exec {out}>&- {err}>&-
    setpriv --pdeathsig KILL sleep "$timeout" >/dev/null 2>&1 &
    timer=$!
    setpriv --pdeathsig KILL sleep "$boot_limit" >/dev/null 2>&1 &
    boot=$!
    guest_pids=("$vm" "$timer" "$boot" "$out_reader" "$err_reader")
    if ((silence > 0)); then
        guest_silence >/dev/null 2>&1 &
        listener=$!
        guest_pids+=("$listener")
    fi

    waiting=("${guest_pids[@]}")
    while ((code == 0)); do
        status=0
        wait -n -p ended "${waiting[@]}" || status=$?
        case $ended in
            "$vm") break ;;
            "$timer")
                say "the time limit of $timeout seconds is over: the guest is stopped"
                guest_log
                code=$exit_timeout
                ;;
            "$listener")
                say "nothing was said for $silence seconds: the guest is stopped"
                code=$exit_silent
                ;;
            "$boot") [[ -e $guest_dir/share/started ]] || code=$exit_unbooted ;;
            # A reader ends well when QEMU does, and badly when nobody takes its output any more.
            *) code=$status ;;
        esac
        guest_forget "$ended"
        # A QEMU that crashed may be told of by the shell's own message alone, and can then not be waited for.
        kill -0 "$vm" 2>/dev/null || break
    done
    if ((code == 0)); then
        # What is still in the pipes may take its reader as long as it likes.
        wait "$out_reader" "$err_reader" 2>/dev/null || true
        guest_exit_code || code=$?
    fi
    guest_stop
    return "$code"
}

# Ends when the command has written nothing for too long.
guest_silence() {
    while (($(date +%s) - $(stat -c %Y "$output") < silence)); do
        sleep 5
    done
}

# No longer waits for a process, which is one of guest_attempt's.
guest_forget() {
    local process left=()
    for process in "${waiting[@]}"; do
        [[ $process == "$1" ]] || left+=("$process")
    done
    waiting=("${left[@]}")
}

guest_boot_terminal() {
    local saved code=0
    saved=$(stty -g)
    "${qemu[@]}" -chardev stdio,id=tty,signal=off -device virtconsole,chardev=tty <&0 2>"$guest_dir/qemu.log" &
    guest_pids=("$!")
    wait "$!" || true
    stty "$saved"
    guest_exit_code || code=$?
    return "$code"
}

guest_exit_code() {
    if [[ -s $guest_dir/share/exit ]]; then
        ((!verbose)) || guest_log
        return "$(<"$guest_dir/share/exit")"
    fi
    say "the guest died before the command ended"
    guest_log
    return "$exit_died"
}

guest_log() {
    local lines=25
    ((!verbose)) || lines=+1
    {
        tail -n "$lines" "$guest_dir/console" | tr -d '\r\000' | sed 's/^/lab: console: /'
        grep -v -e 'has no peer' "$guest_dir/qemu.log" | sed 's/^/lab: qemu: /'
    } >&2 2>/dev/null || true
}

guest_stop() {
    ((${#guest_pids[@]} == 0)) || kill -KILL "${guest_pids[@]}" 2>/dev/null || true
    ((${#guest_pids[@]} == 0)) || wait "${guest_pids[@]}" 2>/dev/null || true
    guest_pids=()
}

guest_cleanup() {
    guest_stop
    rm -rf "$guest_dir"
}

guest_interrupted() {
    trap - INT TERM HUP
    guest_cleanup
    # Ends by the same signal, so that the caller's shell sees what happened.
    kill -s "$1" "$BASHPID"
}
