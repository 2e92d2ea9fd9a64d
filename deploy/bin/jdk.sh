# Where a JDK 25 is; sourced.
# shellcheck shell=bash

is_25() { [ -x "$1/bin/java" ] && grep -qs '^JAVA_VERSION="25[".]' "$1/release"; }

find_jdk() {
  local candidate
  for candidate in "${FINGERPOST_JAVA_HOME:-}" "${JAVA25_HOME:-}" "${JAVA_HOME:-}" \
      /usr/lib/jvm/*25* "$HOME"/.sdkman/candidates/java/25* "$HOME"/.jdks/*25*; do
    if [ -n "$candidate" ] && is_25 "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  echo "fingerpost: no JDK 25 found: install one under /usr/lib/jvm, or set JAVA25_HOME to its folder" >&2
  exit 2
}
