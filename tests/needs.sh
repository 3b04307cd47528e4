#!/usr/bin/env bash
# What the tests need of the system: a browser and an MQTT broker. Installed from apt when we may, else named.
set -eu
has() { command -v "$1" >/dev/null; }
may_install() { [ "$(id -u)" = 0 ] && has apt-get; }

missing=()
updated=
if ! has chromium-headless-shell; then # half the work of the browser with windows; an older system has only that one
  if may_install && apt-get update -qq && updated=1 && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
    missing+=(chromium-headless-shell)
  elif ! has chromium; then
    missing+=(chromium)
  fi
fi
has mosquitto || [ -x /usr/sbin/mosquitto ] || missing+=(mosquitto)
[ ${#missing[@]} -eq 0 ] && exit 0
if may_install; then
  [ "$updated" ] || apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "The tests need: ${missing[*]}. Install them (apt-get install ${missing[*]}) and run again." >&2
  exit 1
fi
