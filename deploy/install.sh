#!/bin/sh
# Installs Dabiao on a plain Debian (12 or newer), or brings an installation to another release.
#
#   deploy/install.sh --host dabiao.school.example [--wheel FILE] [--database postgresql|sqlite]
#                     [--proxy nginx|none]
#
# Run again, it is an upgrade: backup, new release beside the old one, schema, switch, restart; the
# address stays open meanwhile. Settings in /etc/dabiao/dabiao.env are made once and never changed.
# What it does is told step by step; it stops at the first thing that fails.
set -eu

host='' wheel='' database=postgresql proxy=nginx
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
home=/opt/dabiao settings=/etc/dabiao/dabiao.env state=/var/lib/dabiao backups=/var/backups/dabiao

step() { printf '\n== %s\n' "$1"; }
fail() { printf 'install.sh: %s\n' "$1" >&2; exit 1; }
has_systemd() { [ -d /run/systemd/system ]; }

while [ $# -gt 0 ]; do
    case $1 in
        --host) host=${2:?}; shift 2 ;;
        --wheel) wheel=${2:?}; shift 2 ;;
        --database) database=${2:?}; shift 2 ;;
        --proxy) proxy=${2:?}; shift 2 ;;
        *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
done

case $database in postgresql|sqlite) ;; *) fail "--database must be postgresql or sqlite" ;; esac
case $proxy in nginx|none) ;; *) fail "--proxy must be nginx or none" ;; esac
[ "$(id -u)" -eq 0 ] || fail "run it as root"
command -v apt-get >/dev/null || fail "this is no Debian"
if [ ! -f "$settings" ]; then
    [ -n "$host" ] || fail "--host is the name that people and the LMS will use"
    case $host in *[!A-Za-z0-9.-]*) fail "--host is a name without https:// and path" ;; esac
fi

packages() {
    set -- python3 python3-venv ca-certificates
    # Transcripts as PDF: layout, and a font with the rarer characters of names.
    set -- "$@" libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk
    [ "$database" = sqlite ] || set -- "$@" postgresql
    [ "$proxy" = none ] || set -- "$@" nginx-light
    missing=''
    for each in "$@"; do
        dpkg-query -W -f='${Status}' "$each" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $each"
    done
    [ -n "$missing" ] || return 0
    apt-get -qq update
    # The packages are words of one list.
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null
}

account() {
    id dabiao >/dev/null 2>&1 ||
        useradd --system --home-dir "$state" --no-create-home --shell /usr/sbin/nologin dabiao
    install -d -o dabiao -g dabiao -m 0700 "$state" "$backups"
    install -d -m 0755 "$home" "$home/releases"
    install -d -o root -g dabiao -m 0750 /etc/dabiao
}

# A Python environment with the new release, and this folder in it.
release() {
    trap 'rm -rf -- "$new"' EXIT
    python3 -m venv "$new"
    "$new/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
        -r "$here/requirements.txt"
    "$new/bin/pip" install --quiet --disable-pip-version-check --no-deps "${wheel:-$here/..}"
    cp -R "$here" "$new/deploy"
}

database_url() {
    if [ "$database" = sqlite ]; then
        printf 'sqlite:///%s/dabiao.sqlite3\n' "$state"
    else
        # The account of the system is the account of the database: no password.
        printf 'postgresql+psycopg://dabiao@/dabiao?host=/var/run/postgresql\n'
    fi
}

configure() {
    [ ! -f "$settings" ] || return 0
    secret() { "$1/bin/python" -c 'import secrets; print(secrets.token_urlsafe(48))'; }
    umask 027
    cat > "$settings" <<EOF
# Settings of Dabiao; README.md and OPERATIONS.md name them. Keep a copy of LTI_TOOL_SECRET_KEY in a safe place,
# apart from the backups: without it the keys in a backup cannot be opened.
LTI_TOOL_BASE_URL="https://$host"
LTI_TOOL_DATABASE_URL="$(database_url)"
LTI_TOOL_DATA_DIR="$state"
LTI_TOOL_SECRET_KEY="$(secret "$1")"
LTI_TOOL_METRICS_TOKEN="$(secret "$1")"
LTI_TOOL_PROXIES="$([ "$proxy" = none ] && echo 0 || echo 1)"
EOF
    chown root:dabiao "$settings"
    chmod 0640 "$settings"
}

prepare_database() {
    grep -q '^LTI_TOOL_DATABASE_URL="postgresql.*@/dabiao?host=/var/run/postgresql"' "$settings" ||
        return 0
    if has_systemd; then
        systemctl enable --now --quiet postgresql
    else
        pg_lsclusters -h | while read -r version cluster _ status _; do
            [ "$status" = online ] || pg_ctlcluster "$version" "$cluster" start
        done
    fi
    as_postgres() { runuser -u postgres -- psql -qtAX -v ON_ERROR_STOP=1 -c "$1"; }
    [ -n "$(as_postgres "SELECT 1 FROM pg_roles WHERE rolname = 'dabiao'")" ] ||
        as_postgres 'CREATE ROLE dabiao LOGIN'
    [ -n "$(as_postgres "SELECT 1 FROM pg_database WHERE datname = 'dabiao'")" ] ||
        as_postgres "CREATE DATABASE dabiao OWNER dabiao ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"
}

# A command of the tool as root types it, in its account and with its settings.
front_door() {
    cat > /usr/local/bin/lti-tool <<'EOF'
#!/bin/sh
# Runs lti-tool as the service does. Files it is to read or write must be open to user dabiao.
set -eu
set -a
. /etc/dabiao/dabiao.env
set +a
exec runuser -u dabiao -- /opt/dabiao/current/bin/lti-tool "$@"
EOF
    chmod 0755 /usr/local/bin/lti-tool
}

run_new() {
    (
        set -a
        # shellcheck disable=SC1090
        . "$settings"
        set +a
        cd "$state"
        exec runuser -u dabiao -- "$new/bin/lti-tool" "$@"
    )
}

switch_to() {
    ln -sfn "$1" "$home/current.new"
    mv -T "$home/current.new" "$home/current"
    trap - EXIT
}

units() {
    # Unit files are named one by one, so that nobody else's are touched.
    for unit in web.socket web.service deliver.service worker@.service backup.service backup.timer; do
        install -m 0644 "$here/systemd/dabiao-$unit" "/etc/systemd/system/dabiao-$unit"
    done
    has_systemd || { echo 'systemd does not run here: start the services yourself'; return 0; }
    systemctl daemon-reload
    systemctl enable --quiet dabiao-web.socket dabiao-web.service dabiao-backup.timer
    systemctl start dabiao-web.socket dabiao-backup.timer
    systemctl restart dabiao-web.service
    if grep -q '^LTI_TOOL_BROKER_URL=' "$settings"; then
        systemctl restart 'dabiao-worker@*.service'
    else
        systemctl enable --quiet dabiao-deliver.service
        systemctl restart dabiao-deliver.service
    fi
}

site() {
    [ "$proxy" = nginx ] || return 0
    file=/etc/nginx/sites-available/dabiao
    [ ! -f "$file" ] || return 0
    sed "s/dabiao\.school\.example/$host/" "$here/proxy/nginx.conf" > "$file"
    install -d -m 0750 /etc/ssl/dabiao
    if [ ! -f /etc/ssl/dabiao/fullchain.pem ]; then
        echo "Put the certificate into /etc/ssl/dabiao/fullchain.pem and privkey.pem, then:"
        echo "  ln -s ../sites-available/dabiao /etc/nginx/sites-enabled/ && nginx -t && nginx -s reload"
    fi
}

tidy() {
    find "$home/releases" -mindepth 1 -maxdepth 1 -type d | sort | head -n -3 |
        while IFS= read -r old; do rm -r -- "$old"; done
}

step 'Packages of Debian'
packages
step 'Account and folders'
account
step 'Release'
new=$home/releases/$(date -u +%Y%m%dT%H%M%SZ)
release
echo "$new: $("$new/bin/pip" list 2>/dev/null | grep '^lti-tool')"
step 'Settings'
configure "$new"
echo "$settings"
step 'Database'
prepare_database
if [ -e "$home/current" ]; then
    /usr/local/bin/lti-tool backup "$backups/before-$(basename "$new").tar"
fi
run_new database upgrade
step 'Switch'
switch_to "$new"
front_door
units
site
tidy
step 'Doctor'
if /usr/local/bin/lti-tool doctor --offline; then
    echo
    echo 'Done. Next: the certificate, then lti-tool doctor, then lti-tool platform invite.'
else
    fail 'the doctor found something; mend it and run this again'
fi
