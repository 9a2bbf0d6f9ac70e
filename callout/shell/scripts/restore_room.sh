# How much room is there on the disk of each folder named as an argument? One line each: free KiB, or `-`.
LC_ALL=C
export LC_ALL
exec </dev/null
for folder in "$@"; do
    free=$(df -Pk "$folder" 2>/dev/null | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9-]*% .*/\1/p')
    echo "${free:--}"
done
