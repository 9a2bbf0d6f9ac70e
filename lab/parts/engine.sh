# shellcheck shell=bash disable=SC2154
# Finds the container engine, installs podman where that is ours to do, and learns which settings it needs here.

# podman's Debian package only recommends these, yet cannot run a container with addresses without them.
podman_packages="podman runc netavark aardvark-dns iptables"

is_debian_root() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null && [ -e /etc/debian_version ]
}

install_packages() {
    say "installing $*"
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null; }; then
        fail "apt-get could not install: $*"
    fi
}

# A docker client without an engine behind it is no engine.
docker_works() {
    command -v docker >/dev/null && timeout 10 docker info >/dev/null 2>&1
}

find_engine() {
    if command -v podman >/dev/null && [ "$(id -u)" -eq 0 ]; then
        engine=podman
    elif docker_works; then
        engine=docker
    elif is_debian_root; then
        # shellcheck disable=SC2086
        install_packages $podman_packages
        engine=podman
    else
        fail "needs root with podman (rootless podman's addresses cannot be reached from outside), or a running docker engine"
    fi
    [ "$engine" = podman ] && [ -e "$state/needs-containers-conf" ] && export CONTAINERS_CONF=$lab/containers.conf
    return 0
}

container_runs() {
    "$engine" run --rm --network none --label "$label" "$1" /bin/true >/dev/null 2>&1
}

# Podman's defaults first; on cgroup v1 or without CAP_SYS_RESOURCE they fail and our settings help. Remembered.
choose_settings() {
    if [ "$engine" != podman ] || [ -e "$state/engine-tried" ]; then
        return 0
    fi
    if ! container_runs "$1"; then
        export CONTAINERS_CONF=$lab/containers.conf
        container_runs "$1" || {
            "$engine" run --rm --network none "$1" /bin/true || true
            fail "podman runs no container here, neither with its defaults nor with lab/containers.conf"
        }
        say "podman's defaults fail on this machine; using lab/containers.conf"
        : >"$state/needs-containers-conf"
    fi
    : >"$state/engine-tried"
}
