#!/bin/sh
# Makes the certificates beside this file: test data, trusted by nobody, valid for a hundred years
# unless the name says otherwise. Run it again only to change them.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/index"; echo 1000 > "$work/serial"
cat > "$work/ca.cnf" <<CNF
[ca]
default_ca = c
[c]
database = $work/index
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = p
unique_subject = no
copy_extensions = copy
[p]
commonName = supplied
CNF
openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$work/ca.key"
openssl req -x509 -new -key "$work/ca.key" -subj "/CN=Test authority" -days 36500 -out ca.pem
openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out server.key
issue() { # file, names, first day, last day
    openssl req -new -key server.key -subj "/CN=$1" -addext "subjectAltName=$2" \
        -addext "basicConstraints=critical,CA:FALSE" -out "$work/$1.csr"
    openssl ca -batch -notext -config "$work/ca.cnf" -cert ca.pem -keyfile "$work/ca.key" \
        -startdate "$3" -enddate "$4" -in "$work/$1.csr" -out "$1.pem"
}
here="DNS:localhost,DNS:chutes.test,IP:127.0.0.1"
issue good "$here" 20240101000000Z 21240101000000Z
issue expired "$here" 20200101000000Z 20210101000000Z
issue future "$here" 21230101000000Z 21240101000000Z
issue other-name "DNS:other.test" 20240101000000Z 21240101000000Z
openssl req -x509 -new -key server.key -subj "/CN=localhost" -addext "subjectAltName=$here" -days 36500 -out self-signed.pem
