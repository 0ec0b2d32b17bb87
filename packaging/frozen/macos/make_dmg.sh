#!/bin/sh
# dist/DiffFit.app into a disk image to drag it from; needs only what macOS has. With SIGN_IDENTITY it is signed, and with
# NOTARY_PROFILE (of `xcrun notarytool store-credentials`) notarised, without which macOS asks before the first start.
set -eu
version=$1
cd "$(dirname "$0")/../../.."
if [ -n "${SIGN_IDENTITY:-}" ]; then
    codesign --deep --force --options runtime --timestamp --sign "$SIGN_IDENTITY" dist/DiffFit.app
fi
rm -rf build/dmg && mkdir -p build/dmg
cp -R dist/DiffFit.app build/dmg/
ln -s /Applications build/dmg/Applications
image="dist/DiffFit-$version-macos-arm64.dmg"
hdiutil create -volname DiffFit -srcfolder build/dmg -format ULFO -ov "$image"
if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
