# shellcheck shell=bash disable=SC2154
# One image per product, named after a digest of everything that it is made of: an unchanged lab builds nothing.

image_key() {
    {
        trees_key
        cd "$lab" && find image -type f ! -path 'image/trees/*' -printf '%m %p\n' | sort
        find image -type f ! -path 'image/trees/*' -print0 | sort -z | xargs -0 cat
    } | sha256sum | cut -c1-12
}

image_of() {
    echo "${image_prefix}$1:$key"
}

build_image() {
    "$engine" build --quiet --label "$label" --tag "$(image_of "$1")" --file "$lab/image/$1.containerfile" "$lab" \
        >"$state/build-$1.log" 2>&1 || fail "building the $1 image failed: $state/build-$1.log"
}

ensure_images() {
    local product missing=() jobs=()
    key=$(image_key)
    for product in $(practice_systems | awk '{ print $3 }' | sort -u); do
        "$engine" image inspect "$(image_of "$product")" >/dev/null 2>&1 || missing+=("$product")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    ensure_trees
    say "building images: ${missing[*]}"
    for product in "${missing[@]}"; do
        build_image "$product" &
        jobs+=("$!")
    done
    for product in "${jobs[@]}"; do
        wait "$product" || exit 1
    done
}

# Images of an earlier lab, once no container uses them any more: each is 700 MB.
remove_old_images() {
    local image
    "$engine" images --filter "label=$label" --format '{{.Repository}}:{{.Tag}}' |
        awk -v prefix="$image_prefix" -v tag=":$key" 'index($0, prefix) == 1 && substr($0, length($0) - length(tag) + 1) != tag' |
        while read -r image; do
            "$engine" rmi "$image" >/dev/null 2>&1 || true
        done
}
