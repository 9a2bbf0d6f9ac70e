# shellcheck shell=bash disable=SC2154
# The engineer's key pair and the authority that signs support certificates; made once, private, never committed.

ensure_key() {
    [ -s "$state/$1" ] || ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$state/$1" || fail "cannot make key $1"
}

ensure_keys() {
    ensure_key id_ed25519 callout-lab-engineer
    ensure_key ca callout-lab-support-authority
}

# A new system makes its host keys at its first start.
wait_for_identity() {
    local root tries=300
    for root in / "$(pbx_root "$1")"; do
        until "$engine" exec "$container_prefix$1" test -s "${root%/}/etc/ssh/ssh_host_ed25519_key.pub" -a -s "${root%/}/etc/ssh/ssh_host_rsa_key.pub"; do
            tries=$((tries - 1))
            [ "$tries" -gt 0 ] || fail "$1 made no host keys"
            sleep 0.1
        done
    done
}

# Reads every sshd's public keys inside its container (a trusted way) and writes known_hosts at one stroke.
write_known_hosts() {
    local name address product rest entries=''
    while read -r name address product rest; do
        if [ "$product" = serverware ]; then
            entries+=$(host_keys "$name" / "[$address]:2222")$'\n'
        fi
        entries+=$(host_keys "$name" "$(pbx_root "$name")" "[$address]:2020")$'\n'
    done < <(practice_systems)
    put_known_hosts "$state" "$entries"
    [ ! -d "$inventory" ] || put_known_hosts "$inventory" "$entries"
}

host_keys() {
    "$engine" exec "$container_prefix$1" sh -c "cat '$2'/etc/ssh/ssh_host_ed25519_key.pub '$2'/etc/ssh/ssh_host_rsa_key.pub" |
        awk -v where="$3" '{ print where, $1, $2 }'
}

put_known_hosts() {
    local temporary
    temporary=$(mktemp "$1/.known_hosts.XXXXXX")
    printf '%s' "$2" | grep . >"$temporary"
    chmod 644 "$temporary"
    mv "$temporary" "$1/known_hosts"
}
