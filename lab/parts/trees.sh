# shellcheck shell=bash disable=SC2154
# Makes the two Debian trees, side by side: .state/trees/outer.tar and inner.tar.

# Prints the mirrors to try, best first: this machine's own (for $1 = Debian or Debian-Security), then the public ones.
mirrors() {
    {
        apt-get indextargets --format "\$(ORIGIN)|\$(LABEL)|\$(REPO_URI)" 2>/dev/null | awk -F'|' -v label="$1" '$1 == "Debian" && $2 == label { print $3 }'
        case $1 in
            Debian) printf '%s\n' http://deb.debian.org/debian/ http://archive.debian.org/debian/ ;;
            *) printf '%s\n' http://deb.debian.org/debian-security/ http://archive.debian.org/debian-security/ ;;
        esac
    } | awk '!seen[$0]++'
}

# Prints the first mirror that still has the release ($2); apt's own downloader knows about proxies.
mirror_with() {
    local mirror
    for mirror in $(mirrors "$1"); do
        if timeout 30 /usr/lib/apt/apt-helper download-file "${mirror}dists/$2/Release" "$work/Release" >/dev/null 2>&1; then
            echo "$mirror"
            return 0
        fi
    done
    return 1
}

# Builds one tree. $1: outer or inner; the rest: mmdebstrap options.
make_tree() {
    local name=$1 packages proxy
    shift
    packages=$(paste -sd, "$lab/image/trees/$name.packages")
    proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
    [ -z "$proxy" ] || set -- --aptopt="Acquire::http::Proxy \"$proxy\"" "$@"
    # The last hook forgets the machine on which the tree was made; devices come from the container's engine.
    # shellcheck disable=SC2016
    mmdebstrap --variant=minbase --format=tar --include="$packages" --skip=output/dev \
        --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        "$@" \
        --customize-hook='cd "$1" && rm -rf etc/ssh/ssh_host_* etc/resolv.conf var/cache/apt/* var/lib/apt/lists/* && echo pbx >etc/hostname' \
        "$suite" "$work/$name.tar" "${sources[@]}" >"$state/trees/$name.log" 2>&1
}

make_trees() {
    local security sources outer_job
    command -v mmdebstrap >/dev/null || {
        is_debian_root || fail "needs mmdebstrap to make the Debian trees"
        install_packages mmdebstrap
    }
    mkdir -p "$state/trees"
    work=$(mktemp -d "$state/trees/making.XXXXXX")
    sources=("deb $(mirror_with Debian "$suite") $suite main") || fail "no mirror has Debian $suite"
    if security=$(mirror_with Debian-Security "$suite-security"); then
        sources+=("deb $security $suite-security main")
    fi
    say "making the Debian trees from ${sources[*]%% "$suite"*}"
    make_tree outer &
    outer_job=$!
    # shellcheck disable=SC2016
    make_tree inner \
        --extract-hook='mkdir -p "$1/etc/mysql/conf.d" && cp '"'$lab'"'/image/inner/etc/mysql/conf.d/lab.cnf "$1/etc/mysql/conf.d/"' \
        --customize-hook='cp '"'$lab'"'/image/trees/furnish-inner.sh "$1/furnish" && chroot "$1" /furnish <'"'$lab'"'/image/trees/database.sql && rm "$1/furnish"' ||
        fail "the inner tree failed: $state/trees/inner.log"
    wait "$outer_job" || fail "the outer tree failed: $state/trees/outer.log"
    mv "$work/outer.tar" "$work/inner.tar" "$state/trees/"
    rm -rf "$work"
}

# What the trees are made of; when this changes they are made anew.
trees_key() {
    cat "$lab/image/trees/"* "$lab/image/inner/etc/mysql/conf.d/lab.cnf" "$lab/parts/trees.sh" | sha256sum | cut -c1-12
}

ensure_trees() {
    local key
    key=$(trees_key)
    [ "$(cat "$state/trees/key" 2>/dev/null)" = "$key" ] && [ -e "$state/trees/inner.tar" ] && return 0
    make_trees
    echo "$key" >"$state/trees/key"
}
