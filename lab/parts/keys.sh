# shellcheck shell=bash disable=SC2154
# The engineer's key pair and the authority that signs support certificates; made once, private, never committed.

ensure_key() {
    [ -s "$state/$1" ] || ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$state/$1" || fail "cannot make key $1"
}

ensure_keys() {
    ensure_key id_ed25519 callout-lab-engineer
    ensure_key ca callout-lab-support-authority
    # A support certificate that was over the day before it was made, whatever the clock says.
    ensure_key bssup-expired callout-lab-bssup-expired
    [ -s "$state/bssup-expired-cert.pub" ] ||
        ssh-keygen -q -s "$state/ca" -I callout-lab-bssup-expired -n root -V -30d:-1d "$state/bssup-expired.pub" ||
        fail "cannot sign the certificate that is over"
}

# Every SSH port of a system and where the system behind it begins: "port root" to a line.
ssh_places() {
    [ "$(column_of "$1" 3)" != serverware ] || echo "2222 /"
    echo "2020 $(pbx_root "$1")"
}

# Reads a system's public host keys inside its container (a trusted way), as soon as it has made them at its first start.
# Notes, for every key, "now HOST KIND KEY" and "on-file HOST KIND KEY"; the two differ where a quirk wants it so.
note_host_keys() {
    local name=$1 address script tries=300
    address=$(column_of "$name" 2)
    # shellcheck disable=SC2016
    script='while read -r port root; do
        cd "${root%/}/etc/ssh" && test -s ssh_host_ed25519_key.pub -a -s ssh_host_rsa_key.pub || exit 1
        for kind in ed25519 rsa; do
            file=ssh_host_${kind}_key.pub
            old=$file
            [ ! -e "on-file/$file" ] || old=on-file/$file
            read -r type key _ <$file && echo "now [$1]:$port $type $key"
            read -r type key _ <$old && echo "on-file [$1]:$port $type $key"
        done
    done'
    mkdir -p "$state/host-keys"
    until ssh_places "$name" | "$engine" exec -i "$container_prefix$name" sh -c "$script" note "$address" >"$state/host-keys/$name"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "$name made no host keys"
        sleep 0.1
    done
}

# Writes known_hosts at one stroke: the keys as they are into the state, those on file into the inventory.
write_known_hosts() {
    put_known_hosts now "$state/$known_hosts"
    [ ! -d "$inventory" ] || put_known_hosts on-file "$inventory/known_hosts"
}

put_known_hosts() {
    local temporary name
    temporary=$(mktemp "$(dirname "$2")/.known_hosts.XXXXXX")
    for name in $(chosen_systems | awk '{ print $1 }'); do
        sed -n "s/^$1 //p" "$state/host-keys/$name"
    done >"$temporary"
    chmod 644 "$temporary"
    mv "$temporary" "$2"
}
