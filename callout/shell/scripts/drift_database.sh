# Tells the structure of a MySQL or MariaDB database, for drift. Only selects.
# $1: words to put before the client (nice), may be empty; $2: the database; $3: the tables whose rows are counted, as a
# condition on TABLE_NAME; rest: clients, each one argument, of which the first that answers is asked.
# Prints lines as drift_facts.sh does; a row is a line with tabs between its columns, as the client's -B writes it.
# shellcheck disable=SC2086  # the client is words
set -uf
LC_ALL=C
export LC_ALL
calm=$1 database=$2 counted=$3
shift 3
exec </dev/null
longest=4194304

limit=
if command -v timeout >/dev/null 2>&1; then
    if timeout 5 true 2>/dev/null; then
        limit='timeout 60'
    elif timeout -t 5 true 2>/dev/null; then
        limit='timeout -t 60'
    fi
fi

client=
for one; do
    if [ "$(echo 'SELECT 41 + 1;' | $limit $one -N -B 2>/dev/null)" = 42 ]; then
        client=$one
        break
    fi
done

# $1: SQL. Its rows, behind a space each; the client's exit status.
ask() {
    said=$(printf '%s\n' "$1" | $calm $limit $client -N -B "$database" 2>/dev/null)
    status=$?
    printf '%s\n' "$said" | tr -d '\000' | { head -c "$longest" && echo; } | sed 's/^/ /'
    return "$status"
}

# $1: section; then pairs of a kind and SQL.
tell() {
    echo "+ $1"
    if [ -z "$client" ]; then
        echo '= unknown no client of the database answers'
        return
    fi
    shift
    state='whole mysql'
    while [ "$#" -gt 0 ]; do
        echo "k $1"
        ask "$2" || state="unknown the client fails at $1"
        shift 2
    done
    echo "= $state"
}

from_here="WHERE TABLE_SCHEMA = '$database'"
tell tables databases "SELECT SCHEMA_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA;" \
    tables "SELECT TABLE_NAME, IFNULL(ENGINE, ''), IFNULL(TABLE_COLLATION, ''), IFNULL(ROW_FORMAT, ''),
        IFNULL(CREATE_OPTIONS, ''), IFNULL(TABLE_COMMENT, '')
        FROM information_schema.TABLES $from_here AND TABLE_TYPE <> 'VIEW';"
tell columns columns "SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_TYPE, IS_NULLABLE,
        IF(COLUMN_DEFAULT IS NULL, '-', CONCAT('=', COLUMN_DEFAULT)), EXTRA, IFNULL(COLLATION_NAME, ''), COLUMN_COMMENT
        FROM information_schema.COLUMNS $from_here;"
tell indexes indexes "SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, NON_UNIQUE, IFNULL(COLUMN_NAME, ''),
        IFNULL(SUB_PART, ''), INDEX_TYPE FROM information_schema.STATISTICS $from_here;" \
    references "SELECT TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION, COLUMN_NAME, REFERENCED_TABLE_SCHEMA,
        REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
        FROM information_schema.KEY_COLUMN_USAGE $from_here AND REFERENCED_TABLE_NAME IS NOT NULL;"
tell views views "SELECT TABLE_NAME, IFNULL(VIEW_DEFINITION, ''), CHECK_OPTION, DEFINER, SECURITY_TYPE
        FROM information_schema.VIEWS $from_here;"
tell triggers triggers "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT,
        DEFINER, SQL_MODE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = '$database';"
tell routines routines "SELECT ROUTINE_TYPE, ROUTINE_NAME, IFNULL(DTD_IDENTIFIER, ''), IFNULL(ROUTINE_DEFINITION, ''),
        IS_DETERMINISTIC, SQL_DATA_ACCESS, SECURITY_TYPE, DEFINER, SQL_MODE
        FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '$database';" \
    parameters "SELECT ROUTINE_TYPE, SPECIFIC_NAME, ORDINAL_POSITION, IFNULL(PARAMETER_MODE, ''),
        IFNULL(PARAMETER_NAME, ''), IFNULL(DTD_IDENTIFIER, '')
        FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = '$database' AND ORDINAL_POSITION > 0;"
tell events events "SELECT EVENT_NAME, EVENT_DEFINITION, EVENT_TYPE, IFNULL(EXECUTE_AT, ''), IFNULL(INTERVAL_VALUE, ''),
        IFNULL(INTERVAL_FIELD, ''), IFNULL(STARTS, ''), IFNULL(ENDS, ''), STATUS, DEFINER, SQL_MODE
        FROM information_schema.EVENTS WHERE EVENT_SCHEMA = '$database';"

# Which columns hold what an account signs in with differs between MySQL, MariaDB and their ages.
users='FROM mysql.user;' columns='plugin, authentication_string, Password'
for columns in 'plugin, authentication_string, Password' 'plugin, authentication_string, 0' "'', '', Password"; do
    [ -z "$client" ] || ask "SELECT User, Host, $columns $users" >/dev/null && break
done
tell grants accounts "SELECT User, Host, $columns $users" \
    privileges "SELECT GRANTEE, '*.*', PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.USER_PRIVILEGES UNION ALL
        SELECT GRANTEE, CONCAT(TABLE_SCHEMA, '.*'), PRIVILEGE_TYPE, IS_GRANTABLE
        FROM information_schema.SCHEMA_PRIVILEGES UNION ALL
        SELECT GRANTEE, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME), PRIVILEGE_TYPE, IS_GRANTABLE
        FROM information_schema.TABLE_PRIVILEGES UNION ALL
        SELECT GRANTEE, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, '.', COLUMN_NAME), PRIVILEGE_TYPE, IS_GRANTABLE
        FROM information_schema.COLUMN_PRIVILEGES;"

# Each table is counted by a statement of its own; a name that is not plain is none of a profile's.
if [ -n "$client" ] && statements=$(printf '%s\n' "SELECT CONCAT('SELECT ''', TABLE_NAME, ''', COUNT(*) FROM \`', TABLE_NAME, '\`;')
        FROM information_schema.TABLES $from_here AND TABLE_TYPE = 'BASE TABLE'
        AND TABLE_NAME REGEXP '^[A-Za-z0-9_]+\$' AND ($counted);" | $calm $limit $client -N -B "$database" 2>/dev/null); then
    tell counts counts "$statements"
else
    echo '+ counts'
    echo '= unknown the client of the database does not say which tables there are'
fi
echo .
