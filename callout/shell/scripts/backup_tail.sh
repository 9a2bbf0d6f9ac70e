# Streams what is behind the first $2 - 1 bytes of the file $1.
exec </dev/null
exec tail -c "+$2" "$1"
