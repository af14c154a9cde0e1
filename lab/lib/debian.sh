# shellcheck shell=bash
# Debian packages, of any suite, without a change to the machine's own apt. To be sourced, under `set -euo pipefail`.
#
#   debian_package SUITE PACKAGE [VERSION]  prints the directory that the package is unpacked in (in the cache; downloaded
#                                           when absent). Without VERSION: the one in the cache, else the mirror's newest.
#                                           Returns debian_gone (3) when the mirror no longer has VERSION.
#   debian_candidate SUITE PACKAGE          prints the newest version that the mirror has now.
#   debian_depends SUITE PACKAGE            prints the names that PACKAGE depends on, one a line.
#   debian_unpack SUITE DIR PACKAGE…        downloads packages and unpacks them all into DIR, which appears complete or not
#                                           at all. PACKAGE may be NAME=VERSION.
#   need_packages [-t SUITE] PACKAGE…       makes sure that packages are installed on this machine: as root it installs
#                                           them, as anyone else it prints the one line to run and exits 69. PACKAGE may be
#                                           'NAME>=VERSION'.
#
# apt does all the work (signatures, hashes, proxies), in a private root of its own: other sources, other lists.

debian_lib=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=lab/lib/say.sh
[[ -v exit_usage ]] || source "$debian_lib/say.sh"

lab_cache=${XDG_CACHE_HOME:-${HOME:?}/.cache}/vfio-sdk
readonly debian_gone=3
readonly debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

debian_codename() {
    # shellcheck source=/dev/null
    (source /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-unknown}")
}

# The base addresses of the machine's own apt sources that carry a suite. apt itself is asked, so both formats of sources are
# understood, and no list has to have been downloaded before.
debian_bases() {
    apt-get update --print-uris 2>/dev/null | sed -n "s|^'\(.*\)/dists/$1/InRelease'.*|\1|p"
}

debian_mirror() {
    local codename bases updates base
    codename=$(debian_codename)
    bases=$(debian_bases "$codename")
    updates=$(debian_bases "$codename-updates")
    # Other vendors' repositories also name their suites after Debian's; only Debian's has the -updates beside.
    base=$(grep -Fx -e "${updates:-no such base}" <<<"$bases" | head -n 1) || base=$(head -n 1 <<<"$bases")
    case $base in
        http://* | https://* | file:/*) printf '%s\n' "$base" ;;
        '') die -c "$exit_unavailable" "apt's sources on this machine name no Debian mirror for '$codename'; the lab takes the mirror's address from there" ;;
        *) die -c "$exit_unavailable" "apt's sources on this machine use '$base', which is no plain http(s) or file address of a Debian mirror" ;;
    esac
}

# Runs a command while no other lab process does the same kind of thing.
debian_locked() {
    local name=$1
    shift
    mkdir -p "$lab_cache/locks"
    (
        if ! flock -n 9; then
            say "waiting for another lab that uses $name"
            flock 9
        fi
        "$@" 9>&-
    ) 9>"$lab_cache/locks/${name//\//_}"
}

# debian_root NAME LINE…: writes a private apt root's sources.list and puts apt's options for it into debian_options.
debian_root() {
    local root=$lab_cache/apt/$1
    shift
    mkdir -p "$root/lists/partial" "$root/cache/archives/partial"
    if [[ ! -r $debian_keyring ]]; then
        die -c "$exit_unavailable" "$debian_keyring is missing: the lab checks what it downloads against it (package debian-archive-keyring)"
    fi
    printf "deb [arch=amd64 signed-by=$debian_keyring] %s main\n" "$@" >"$root/sources.list.$BASHPID"
    mv "$root/sources.list.$BASHPID" "$root/sources.list"
    debian_options=(
        -o "Dir::Etc::SourceList=$root/sources.list"
        -o Dir::Etc::SourceParts=-
        -o "Dir::State::Lists=$root/lists"
        -o Dir::Cache::pkgcache=
        -o Dir::Cache::srcpkgcache=
        -o Acquire::Languages=none
    )
    # apt's own download user cannot enter a home directory's cache.
    if ((EUID == 0)); then
        debian_options+=(-o APT::Sandbox::User=root)
    fi
    debian_download_options=(-o "Dir::Cache=$root/cache")
}

debian_suite_root() {
    local mirror
    mirror=$(debian_mirror) || return
    debian_root "$1" "$mirror $1"
}

# The lists of a suite as the mirror has them now. apt asks only for what changed.
debian_refresh() {
    debian_suite_root "$1" || return
    patiently "asking the mirror for the list of $1" apt-get "${debian_options[@]}" "${debian_download_options[@]}" \
        -o APT::Update::Error-Mode=any update
}

debian_show() {
    debian_suite_root "$1" || return
    # The first one is the candidate; sed reads on to the end, because apt complains about a closed pipe.
    apt-cache "${debian_options[@]}" show --no-all-versions "$2" 2>/dev/null | sed -n "s/^$3: //p" | sed -n 1p
}

debian_candidate() {
    local version
    debian_locked "apt-$1" debian_refresh "$1" || return
    version=$(debian_show "$1" "$2" Version) || return
    if [[ -z $version ]]; then
        say "$1 has no package $2"
        return 1
    fi
    printf '%s\n' "$version"
}

debian_depends() {
    debian_show "$1" "$2" Depends | tr ',' '\n' | sed -E 's/^ +//; s/[ |(].*//' | sed '/^$/d'
}

debian_fetch_and_unpack() {
    local dir=$2 code=0
    # Another lab may have done it while this one waited for the lock.
    [[ ! -d $dir ]] || return 0
    # Left over from one that was killed: the lock is ours, so nobody works in there.
    rm -rf "$dir.part" "$dir.debs" || return
    debian_fill "$@" && mv "$dir.part" "$dir" || code=$?
    rm -rf "$dir.part" "$dir.debs"
    return "$code"
}

debian_fill() {
    local suite=$1 dir=$2 deb
    shift 2
    debian_suite_root "$suite" || return
    mkdir -p "$dir.part" "$dir.debs" || return
    # shellcheck disable=SC2016 # the inner shell's variables
    patiently "downloading ${*%%=*} from $suite" bash -c 'cd "$1" && shift && exec "$@"' bash "$dir.debs" \
        apt-get "${debian_options[@]}" "${debian_download_options[@]}" download "$@" || return
    for deb in "$dir.debs"/*.deb; do
        patiently "unpacking ${deb##*/}" dpkg-deb -x "$deb" "$dir.part" || return
    done
}

debian_unpack() {
    [[ ! -d $2 ]] || return 0
    mkdir -p "$(dirname "$2")" && debian_locked "$(basename "$2")" debian_fetch_and_unpack "$@"
}

debian_package() {
    local suite=$1 package=$2 version=${3-} dir newest=$lab_cache/packages/$1-$2.newest
    if [[ -z $version && -s $newest ]]; then
        version=$(<"$newest")
    fi
    dir=$lab_cache/packages/${package}_$version
    if [[ -n $version && -d $dir ]]; then
        printf '%s\n' "$dir"
        return
    fi

    local candidate
    candidate=$(debian_candidate "$suite" "$package") || return
    if [[ -z ${3-} ]]; then
        version=$candidate
    elif [[ $version != "$candidate" ]] && ! debian_has_version "$suite" "$package" "$version"; then
        say "the mirror's $suite no longer has $package $version (it has $candidate)"
        return "$debian_gone"
    fi
    dir=$lab_cache/packages/${package}_$version
    debian_unpack "$suite" "$dir" "$package=$version" || return
    if [[ -z ${3-} ]]; then
        printf '%s\n' "$version" >"$newest.$BASHPID" && mv "$newest.$BASHPID" "$newest"
    fi
    printf '%s\n' "$dir"
}

debian_has_version() {
    debian_suite_root "$1" || return
    apt-cache "${debian_options[@]}" madison "$2" | cut -d '|' -f 2 | tr -d ' ' | grep -Fx "$3" >/dev/null
}

# Is NAME, or 'NAME>=VERSION', installed on this machine?
debian_installed() {
    local name=${1%%>=*} least='' version
    [[ $1 != *'>='* ]] || least=${1#*>=}
    # shellcheck disable=SC2016 # dpkg-query's fields
    version=$(dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$name" 2>/dev/null | sed -n 's/^installed //p')
    [[ -n $version ]] && { [[ -z $least ]] || dpkg --compare-versions "$version" ge "$least"; }
}

debian_install() {
    local suite=$1 codename mirror security
    shift
    codename=$(debian_codename)
    mirror=$(debian_mirror) || return
    security=$(debian_bases "$codename-security" | head -n 1)
    debian_root install "$mirror $codename" "$mirror $codename-updates" \
        ${security:+"$security $codename-security"} ${suite:+"$mirror $suite"} || return
    patiently "asking the mirror for the lists of packages" \
        apt-get "${debian_options[@]}" "${debian_download_options[@]}" update || return
    local install=(apt-get install -y --no-install-recommends "${debian_options[@]}" ${suite:+-t "$suite"} "$@")
    if ((EUID == 0)); then
        DEBIAN_FRONTEND=noninteractive patiently "installing $*" "${install[@]}" \
            -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0
    else
        say "packages are missing on this machine; this line, run once, installs them:"
        printf 'sudo%s\n' "$(printf ' %q' "${install[@]}")" >&2
        return "$exit_unavailable"
    fi
}

need_packages() {
    local suite='' package missing=()
    if [[ $1 == -t ]]; then
        suite=$2
        shift 2
    fi
    for package; do
        debian_installed "$package" || missing+=("${package%%>=*}")
    done
    ((${#missing[@]} == 0)) || debian_locked install debian_install "$suite" "${missing[@]}" || exit
}
