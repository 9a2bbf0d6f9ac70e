# shellcheck shell=bash disable=SC2154
# The network and the containers: made if missing, started if stopped, left alone if running.

ensure_network() {
    local options=()
    "$engine" network inspect "$network" >/dev/null 2>&1 && return 0
    # Addresses are all we use; podman's name server would only be one process more.
    [ "$engine" = docker ] || options=(--disable-dns)
    "$engine" network create ${options[@]+"${options[@]}"} --subnet "$subnet" --label "$label" "$network" >/dev/null || fail "cannot make network $network"
}

container_state() {
    "$engine" inspect --type container --format '{{.State.Status}}' "$container_prefix$1" 2>/dev/null || echo absent
}

# What the system is made from: its image and what its quirks do before it starts. A label remembers it.
made_from() {
    local quirks
    quirks=$(start_hooks "$1" | (cd "$lab/quirks" && xargs -r cat) | sha256sum | cut -c1-12)
    printf '%s,%s\n' "$(image_of "$(column_of "$1" 3)")" "$quirks"
}

container_made_from() {
    "$engine" inspect --type container --format '{{index .Config.Labels "callout.lab.made-from"}}' "$container_prefix$1" 2>/dev/null
}

# Names the scripts of lab/quirks that a system's init is to run before it starts anything.
start_hooks() {
    local quirk
    for quirk in $(column_of "$1" 4 | tr ',' ' '); do
        [ ! -e "$lab/quirks/$quirk.start.sh" ] || echo "$quirk.start.sh"
    done
}

install_start_hooks() {
    local hooks folder
    mapfile -t hooks < <(start_hooks "$1")
    [ "${#hooks[@]}" -gt 0 ] || return 0
    folder=$(pbx_root "$1")
    folder=${folder#/}
    tar -C "$lab/quirks" --owner=0 --group=0 --mode=644 --transform "s,^,${folder:+$folder/}etc/before-start/," -c "${hooks[@]}" |
        "$engine" cp - "$container_prefix$1:/"
}

remove_system() {
    "$engine" rm --force --time 15 "$container_prefix$1" >/dev/null
}

# Whether the engine's word that it runs is true.
answers() {
    timeout 20 "$engine" exec "$container_prefix$1" /bin/true >/dev/null 2>&1
}

# The same hardware address at every start: else this machine's neighbour table misleads it for most of a minute.
mac_address() {
    # shellcheck disable=SC2046,SC2183
    printf '02:00:%02x:%02x:%02x:%02x' $(tr . ' ' <<<"$1")
}

# SYS_ADMIN lets the system mount /proc inside its chroot, as PBXware does; the masks over /proc would forbid it.
create_system() {
    local name=$1 unmask=unmask=ALL address
    address=$(column_of "$name" 2)
    [ "$engine" = docker ] && unmask=systempaths=unconfined
    "$engine" create --name "$container_prefix$name" --hostname "$name" \
        --label "$label" --label "callout.lab.made-from=$(made_from "$name")" \
        --network "$network" --ip "$address" --mac-address "$(mac_address "$address")" \
        --cap-add SYS_ADMIN --cap-add SYS_NICE --cap-add AUDIT_WRITE \
        --security-opt "$unmask" --security-opt apparmor=unconfined --stop-timeout 25 \
        "$(image_of "$(column_of "$name" 3)")" >/dev/null || fail "cannot make $name"
    install_start_hooks "$name" || fail "cannot put the quirks of $name where it starts"
}

ensure_system() {
    local name=$1
    if [ "$(container_state "$name")" != absent ] && [ "$(container_made_from "$name")" != "$(made_from "$name")" ]; then
        say "$name was made from something else; making it anew"
        remove_system "$name"
    fi
    if [ "$(container_state "$name")" = running ] && ! answers "$name"; then
        # Killed behind the engine's back. Podman's first try to remove it may end in an error and in the knowledge
        # that it has exited: then it is started below, else made anew; what fails there is told.
        say "$name is dead though $engine calls it running"
        remove_system "$name" 2>/dev/null || say "$name could not be removed; trying to start it"
    fi
    [ "$(container_state "$name")" != absent ] || create_system "$name"
    [ "$(container_state "$name")" = running ] || "$engine" start "$container_prefix$name" >/dev/null || fail "cannot start $name"
}

# Where the PBX's own outer system begins, seen from the container.
pbx_root() {
    case $(column_of "$1" 3) in
        serverware) echo /home/lxc/pbx1/rootfs ;;
        *) echo / ;;
    esac
}
