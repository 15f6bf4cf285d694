#!/usr/bin/env bash
# The first process in the private namespaces of a container engine: all in them ends with it, and it ends when its stdin closes.
# engine.sh BINARIES STATE SOCKET CGROUP: BINARIES is where Debian's packages are unpacked, STATE a folder for all that the engine writes.
set -euo pipefail
binaries=$1 state=$2 socket=$3 cgroup=$4

libraries=("$binaries"/usr/lib/*-linux-gnu)
mkdir -p "$state/bin"
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -s "$binaries/usr/sbin/xtables-nft-multi" "$state/bin/$name"
done
export PATH="$state/bin:$binaries/usr/sbin:$binaries/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin"
export LD_LIBRARY_PATH="${libraries[0]}" XTABLES_LIBDIR="${libraries[0]}/xtables"
export DOCKER_TMPDIR="$state/tmp" HOME="$state"

ip link set lo up
mkdir -p /run/docker
mount -t tmpfs tmpfs /run/docker
# Rlimits and the OOM score stay as they are, which not every machine lets root change.
dockerd --data-root "$state/data" --exec-root /run/docker --pidfile /run/docker/engine.pid --host "unix://$socket" --cgroup-parent "$cgroup" \
  --exec-opt native.cgroupdriver=cgroupfs --oom-score-adjust 0 --default-ulimit "nofile=$(ulimit -Sn):$(ulimit -Hn)" >"$state/log" 2>&1 </dev/null &
cat >/dev/null || true
