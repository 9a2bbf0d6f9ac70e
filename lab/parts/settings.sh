# shellcheck shell=bash disable=SC2034
# What every part knows: names, places, the table of practice customers. Sourced by lab/up, lab/down and lab/shell.

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
checkout=$(dirname "$lab")
state=$lab/.state
inventory=$checkout/inventory/lab
label=callout.lab=1
network=callout-lab
subnet=10.213.77.0/24
container_prefix=callout-lab-
image_prefix=localhost/callout-lab-
suite=bullseye

say() {
    printf 'lab: %s\n' "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

# Prints "name address product quirks" for every practice customer's system, or for the one named.
practice_systems() {
    awk -v wanted="${1:-}" '!/^#/ && NF == 4 && (wanted == "" || $1 == wanted)' "$lab/practice.conf"
}

is_practice_system() {
    [ -n "$1" ] && [ -n "$(practice_systems "$1")" ]
}

# Prints the named system's column: 2 address, 3 product, 4 quirks.
column_of() {
    practice_systems "$1" | awk -v column="$2" '{ print $column }'
}

prepare_state() {
    mkdir -p "$state"
    chmod 700 "$state"
}
