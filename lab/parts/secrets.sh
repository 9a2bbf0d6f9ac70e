# shellcheck shell=bash disable=SC2154
# Reads the variables of all chosen systems, once: Ansible takes a second for one as for twenty.
read_variables() {
    all_variables=$("$lab/variables" --all "$chosen") || fail "no variables of the systems of $chosen"
}

# Brings the inventory's secrets into a system, over standard input only: no image and no process list ever holds one.

install_secrets() {
    local name=$1 root payload
    root=$(pbx_root "$name")
    payload=$(printf '%s\n' "$all_variables" | "$python" "$lab/parts/payload.py" "$name" "$state/id_ed25519.pub" "$state/ca.pub") ||
        fail "no usable host variables for $name"
    "$engine" exec -i "$container_prefix$name" sh -c "$(cat "$lab/parts/install-secrets.sh")" install-secrets "$root" <<<"$payload" ||
        fail "cannot install the secrets of $name"
}

# What makes a system hurt once it runs: each named script of lab/quirks, inside the container, as root, at every lab/up.
apply_quirks() {
    local name=$1 quirk
    for quirk in $(column_of "$name" 4 | tr ',' ' '); do
        [ -e "$lab/quirks/$quirk.sh" ] || continue
        "$engine" exec -i "$container_prefix$name" sh -s -- "$(pbx_root "$name")" <"$lab/quirks/$quirk.sh" ||
            fail "quirk $quirk failed on $name"
    done
}
