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

container_image() {
    "$engine" inspect --type container --format '{{.Config.Image}}' "$container_prefix$1" 2>/dev/null
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
    "$engine" run --detach --name "$container_prefix$name" --hostname "$name" --label "$label" \
        --network "$network" --ip "$address" --mac-address "$(mac_address "$address")" \
        --cap-add SYS_ADMIN --cap-add SYS_NICE --cap-add AUDIT_WRITE \
        --security-opt "$unmask" --security-opt apparmor=unconfined --stop-timeout 25 \
        "$(image_of "$(column_of "$name" 3)")" >/dev/null || fail "cannot start $name"
}

ensure_system() {
    local name=$1
    if [ "$(container_state "$name")" != absent ] && [ "$(container_image "$name")" != "$(image_of "$(column_of "$name" 3)")" ]; then
        say "$name was made from another image; making it anew"
        remove_system "$name"
    fi
    if [ "$(container_state "$name")" = running ] && ! answers "$name"; then
        # Killed behind the engine's back. Podman's first try to remove it may end in an error and in the knowledge
        # that it has exited: then it is started below, else made anew; what fails there is told.
        say "$name is dead though $engine calls it running"
        remove_system "$name" 2>/dev/null || say "$name could not be removed; trying to start it"
    fi
    case $(container_state "$name") in
        running) ;;
        absent) create_system "$name" ;;
        *) "$engine" start "$container_prefix$name" >/dev/null || fail "cannot start $name" ;;
    esac
}

# Where the PBX's own outer system begins, seen from the container.
pbx_root() {
    case $(column_of "$1" 3) in
        serverware) echo /home/lxc/pbx1/rootfs ;;
        *) echo / ;;
    esac
}
