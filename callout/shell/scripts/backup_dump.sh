# Streams a database dump to standard output and ends with the dump's own exit status.
# $1: words to put before it (nice), may be empty; $2: the dump command, as words; $3: database.
set -u
calm=$1 command=$2 database=$3
exec </dev/null
set -f
# One transaction for a consistent state without locking the tables that calls in progress write to.
# shellcheck disable=SC2086
exec $calm $command --single-transaction --quick --routines --triggers --hex-blob "$database"
