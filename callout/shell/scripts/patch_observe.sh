# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# What is at each path of standard input, one path per line; answers by number, never by name:
#   NUMBER IMAGE SIZE LINKS WAY DEVICE FREE_KIB LEFTOVER
# WAY is ok, missing or symlink (a folder on the way is one); `-` stands for what does not apply. LEFTOVER is the
# id of an unfinished run whose files lie there. Touches nothing.
need stat sha256sum df readlink
number=0
while IFS= read -r path; do
    number=$((number + 1))
    size=- links=- device=- free=- leftover=-
    if enter "$path"; then
        way=ok
        image=$(image "$name")
        if [ -L "$name" ] || [ -f "$name" ]; then
            size=$(stat -c %s "$name") || size=-
            links=$(stat -c %h "$name") || links=-
        fi
        device=$(stat -c %d .) || device=-
        free=$(df -Pk . 2>/dev/null | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9-]*% .*/\1/p')
        for found in ./.callout-????????????; do
            [ -d "$found" ] || continue
            found=${found#./.callout-}
            case $found in *[!0-9a-f]*) ;; *) leftover=$found ;; esac
        done
    else
        image=absent
        if [ -d "$folder" ]; then way=symlink; else way=missing; fi
    fi
    echo "$number $image $size $links $way $device ${free:--} ${leftover:--}"
done
echo "end $number"
