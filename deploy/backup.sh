#!/bin/sh
# One backup into a folder, checked, and the oldest beyond KEEP (14) removed.
# usage: backup.sh FOLDER      as the service runs it: as user dabiao, with the service's settings
set -eu
folder=$1
: "${LTI_TOOL_DATABASE_URL:?the settings of the service are needed}"
tool=$(dirname "$0")/../bin/lti-tool
file=$folder/dabiao-$(date -u +%Y%m%dT%H%M%SZ).tar
"$tool" backup "$file"
"$tool" restore --check "$file"
# Names sort by time, so the first ones are the oldest.
count=$(find "$folder" -maxdepth 1 -name 'dabiao-*.tar' | wc -l)
surplus=$((count - ${KEEP:-14}))
if [ "$surplus" -gt 0 ]; then
    find "$folder" -maxdepth 1 -name 'dabiao-*.tar' | sort | head -n "$surplus" |
        while IFS= read -r old; do rm -- "$old"; done
fi
