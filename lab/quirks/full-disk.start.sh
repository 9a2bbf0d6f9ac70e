# shellcheck shell=bash disable=SC2154
# The system stands on a small disk of its own: memory over the image. Init begins again in there; full-disk.sh fills it.
if [ -z "${small_disk:-}" ]; then
    # Made below, once: what is above is gone after every stop.
    /usr/local/sbin/first-start keys
    mkdir -p /disk
    mount -t tmpfs -o size=128m,mode=755 small-disk /disk
    mkdir /disk/upper /disk/work /disk/root
    mount -t overlay -o lowerdir=/,upperdir=/disk/upper,workdir=/disk/work small-disk /disk/root
    for folder in proc dev sys; do
        mount --rbind "/$folder" "/disk/root/$folder"
    done
    cd /disk/root || exit 1
    mkdir -p below
    pivot_root . below
    export small_disk=yes
    exec chroot . /bin/sh -c 'umount -l /below && rmdir /below && exec /sbin/init'
fi
