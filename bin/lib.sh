# Shared by the scripts in this folder, which source it: what must be on the machine, and a throw-away PostgreSQL.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The oldest PostgreSQL that will do; src/db/private_cluster.rs has the same.
oldest_postgres=15

fail() {
  echo "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null; }

# Runs a command as root: as we are, or by sudo where it asks no password.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  have apt-get && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

# install WHAT PURPOSE PACKAGE...: from the system's packages, where we may; else says in one sentence what is missing.
install() {
  local what=$1 purpose=$2
  shift 2
  may_install || fail "$what is missing ($purpose): install it (on Debian or Ubuntu with \`apt-get install $*\`) and run this again."
  echo "Installing $what ($*)"
  if [ -z "${package_lists_are_new:-}" ]; then
    as_root apt-get update -q >/dev/null || echo "The lists of packages could not be renewed; trying with those at hand." >&2
    package_lists_are_new=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null ||
    fail "$what could not be installed ($purpose): install it by hand (\`apt-get install $*\`) and run this again."
}

# The folder of PostgreSQL's programs: the one on PATH, else the newest of the usual ones.
postgres_programs() {
  local initdb folder major
  {
    if initdb=$(command -v initdb); then dirname "$(readlink -f "$initdb")"; fi
    printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin \
      /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin | sort -rV
  } | while read -r folder; do
    if ! [ -x "$folder/initdb" ] || ! [ -x "$folder/pg_ctl" ]; then continue; fi
    major=$("$folder/postgres" --version | sed -E 's/.*\(PostgreSQL\) ([0-9]+).*/\1/')
    if [ "$major" -ge "$oldest_postgres" ]; then
      echo "$folder"
      break
    fi
  done
}

need_rust() {
  have cargo || PATH="$HOME/.cargo/bin:$PATH"
  have cargo || fail "Rust is missing: install it from https://rustup.rs (rust-toolchain.toml picks the version) and run this again."
  have cc || install "A C compiler" "Rust links with it" gcc libc6-dev
}

need_postgres() {
  if [ -n "${DATABASE_URL:-}" ] || [ -n "$(postgres_programs)" ]; then return; fi
  # Our own cluster is all we want: without this, Debian makes and starts one as well.
  local settings=/etc/postgresql-common/createcluster.conf
  if may_install && ! grep -qs '^create_main_cluster' "$settings"; then
    as_root mkdir -p "${settings%/*}"
    echo 'create_main_cluster = false' | as_root tee -a "$settings" >/dev/null
  fi
  install PostgreSQL "it keeps the data" postgresql
  [ -n "$(postgres_programs)" ] ||
    fail "The PostgreSQL of this system is older than $oldest_postgres: install a newer one, or set DATABASE_URL to the address of one."
}

need_clamd() {
  PATH="$PATH:/usr/sbin:/usr/local/sbin" have clamd ||
    install clamd "the tests of the virus check talk to it" clamav-daemon
}

need_browser() {
  if ! have chromedriver || ! { have chromium || have google-chrome; }; then
    install Chromium "the browser tests drive it" chromium chromium-driver
  fi
  if ! have node || ! have npm; then
    install npm "it fetches axe-core, which checks accessibility in the browser tests" nodejs npm
  fi
  if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
    npm ci --no-audit --no-fund --silent ||
      fail "The packages of package-lock.json could not be fetched, which the browser tests need: see what \`npm ci\` says."
  fi
}

# Runs a command as the user that PostgreSQL runs as: ourselves, but not root, which it refuses. This is the only place
# where a script does what src/db/private_cluster.rs does: .sqlx must be there before the program can be compiled.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    setpriv "--reuid=$postgres_user" "--regid=$(id -g "$postgres_user")" --clear-groups "$@"
  else
    "$@"
  fi
}

# start_postgres FOLDER: a throw-away cluster in a new folder below /tmp, its socket there too. It never looks at its tables
# by itself: sqlx reads from plans what can be null, and these would be others then, if a compilation took a minute.
start_postgres() {
  local programs
  programs=$(postgres_programs)
  if [ "$(id -u)" = 0 ]; then
    postgres_user=$(id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody)
    chown "$postgres_user" "$1"
  fi
  (
    cd "$1"
    as_postgres "$programs/initdb" -D data -U mc_review --auth=trust --encoding=UTF8 --locale=C --no-sync
    as_postgres "$programs/pg_ctl" -D data -s -w -l data/log -o "-c listen_addresses='' -c fsync=off -c autovacuum=off -k '$1'" start
  ) >"$1/log" 2>&1 || fail "A throw-away PostgreSQL did not start: $(cat "$1/log" "$1/data/log" 2>/dev/null)"
}

# stop_postgres FOLDER: stops it, however far it came, and removes the folder.
stop_postgres() {
  (cd "$1" && as_postgres "$(postgres_programs)/pg_ctl" -D data -s -w -m immediate stop) 2>/dev/null || true
  rm -rf "$1"
}
