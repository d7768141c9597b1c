#!/bin/sh
# Writes src/onnx/generated/onnx_pb.ts from src/onnx/onnx.proto. Only needed after a change of the .proto.
# Needs protoc (Debian: protobuf-compiler). The plugin is installed into a temporary folder, not into the project:
# 2.6.3 is a version that runs on Node 20 and whose output the current runtime accepts.
set -eu
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
npm install --silent --no-save --prefix "$tools" @bufbuild/protoc-gen-es@2.6.3
protoc --plugin="$tools/node_modules/.bin/protoc-gen-es" \
  --es_out=src/onnx/generated --es_opt=target=ts,import_extension=js -Isrc/onnx src/onnx/onnx.proto
