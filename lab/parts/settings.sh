# shellcheck shell=bash disable=SC2034
# What every part knows: names, places, the table of practice customers. Sourced by lab/up, lab/down and lab/shell.

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
checkout=$(dirname "$lab")
# Another checkout may point at this one's keys and images instead of making its own.
state=${CALLOUT_LAB_STATE:-$lab/.state}
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

# The systems at work here: those of the inventory of this name, lab, hurt or spare.
choose_systems() {
    chosen=$1
    inventory=$checkout/inventory/$chosen
    known_hosts=known_hosts
    [ "$chosen" = lab ] || known_hosts=known_hosts-$chosen
}
choose_systems lab

# Prints "name address product quirks inventory" for every practice customer's system, or for the one named.
practice_systems() {
    awk -v wanted="${1:-}" '!/^#/ && NF == 5 && (wanted == "" || $1 == wanted)' "$lab/practice.conf"
}

# The same lines, of the chosen inventory only.
chosen_systems() {
    practice_systems | awk -v chosen="$chosen" '$5 == chosen'
}

is_practice_system() {
    [ -n "$1" ] && [ -n "$(practice_systems "$1")" ]
}

# Prints the named system's column: 2 address, 3 product, 4 quirks, 5 inventory.
column_of() {
    practice_systems "$1" | awk -v column="$2" '{ print $column }'
}

prepare_state() {
    mkdir -p "$state"
    chmod 700 "$state"
}
