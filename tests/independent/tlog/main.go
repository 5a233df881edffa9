// Checks an audit log's proofs with Go's reference implementation of
// transparency logs (golang.org/x/mod/sumdb/note and tlog), so that breachvault's
// own verifier is not the only witness to them.
//
//	apt-get install golang-go golang-golang-x-mod-dev
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o tlogcheck main.go
//	./tlogcheck DIRECTORY
//
// The directory holds: checkpoint, checkpoint-old (signed notes), log.vkey,
// leaf.bin (a leaf's exact bytes), leaf.index (its number), leaf.tlog-proof
// (its inclusion proof) and consistency.b64 (the consistency proof from the old
// checkpoint to the new one, one base64 hash a line). If there is a certificate, a
// signed note too, it is checked as well. One OK line for each check;
// exit 1 at the first that fails.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: tlogcheck DIRECTORY")
		os.Exit(2)
	}
	directory = os.Args[1]

	vkey := strings.TrimSuffix(string(file("log.vkey")), "\n")
	verifier, err := note.NewVerifier(vkey)
	must("log.vkey", err)
	fmt.Printf("OK log.vkey: %s\n", verifier.Name())

	newest := openCheckpoint("checkpoint", file("checkpoint"), verifier)
	old := openCheckpoint("checkpoint-old", file("checkpoint-old"), verifier)

	consistency := tlog.TreeProof(hashes("consistency.b64", strings.Split(strings.TrimSuffix(string(file("consistency.b64")), "\n"), "\n")))
	must("consistency proof", tlog.CheckTree(consistency, newest.N, newest.Hash, old.N, old.Hash))
	fmt.Printf("OK consistency proof: %d -> %d\n", old.N, newest.N)

	leaf := file("leaf.bin")
	index, err := strconv.ParseInt(strings.TrimSpace(string(file("leaf.index"))), 10, 64)
	must("leaf.index", err)
	stated, path, sealed := splitProof(string(file("leaf.tlog-proof")))
	if stated != index {
		fail("inclusion proof", fmt.Errorf("it is of leaf %d and leaf.index says %d", stated, index))
	}
	tree := openCheckpoint("the inclusion proof's checkpoint", sealed, verifier)
	must("inclusion proof", tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(leaf)))
	fmt.Printf("OK inclusion proof: leaf %d of %d\n", index, tree.N)
	if tree.N == newest.N && tree.Hash != newest.Hash {
		fail("inclusion proof", fmt.Errorf("its checkpoint has another root than the newest of the same size"))
	}

	rejected := 0
	for at := range leaf {
		tampered := append([]byte(nil), leaf...)
		tampered[at] ^= 1
		if tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(tampered)) == nil {
			fail("tampered leaf", fmt.Errorf("accepted with byte %d changed", at))
		}
		rejected++
	}
	if rejected == 0 {
		fail("tampered leaf", fmt.Errorf("leaf.bin is empty"))
	}
	fmt.Printf("OK tampered leaf rejected: %d times of %d\n", rejected, rejected)

	if signed, err := os.ReadFile(filepath.Join(directory, "certificate")); err == nil {
		_, err := note.Open(signed, note.VerifierList(verifier))
		must("certificate of destruction", err)
		altered := bytes.Replace(signed, []byte("messages"), []byte("massages"), 1)
		if _, err := note.Open(altered, note.VerifierList(verifier)); err == nil {
			fail("altered certificate", fmt.Errorf("accepted"))
		}
		fmt.Println("OK certificate of destruction, and an altered one rejected")
	}

	spoilt := bytes.Replace(file("checkpoint"), []byte("\n"), []byte("0\n"), 1)
	if _, err := note.Open(spoilt, note.VerifierList(verifier)); err == nil {
		fail("tampered checkpoint", fmt.Errorf("accepted"))
	}
	fmt.Println("OK tampered checkpoint rejected")
}

var directory string

func openCheckpoint(name string, bytes []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(bytes, note.VerifierList(verifier))
	must(name, err)
	// tlog.ParseTree wants the first line of its own log; only that line differs.
	lines := strings.SplitN(opened.Text, "\n", 3)
	if len(lines) != 3 || lines[0] != verifier.Name() {
		fail(name, fmt.Errorf("its origin is not the key's name"))
	}
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + lines[1] + "\n" + lines[2]))
	must(name, err)
	fmt.Printf("OK %s: size %d, %d known signature(s)\n", name, tree.N, len(opened.Sigs))
	return tree
}

// splitProof reads c2sp.org/tlog-proof@v1: the leaf's number, the path, the checkpoint.
func splitProof(text string) (int64, tlog.RecordProof, []byte) {
	head, sealed, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("inclusion proof", fmt.Errorf("not a tlog-proof"))
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		_, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[0], "extra "))
		must("inclusion proof", err)
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		fail("inclusion proof", fmt.Errorf("it has no index"))
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	must("inclusion proof", err)
	if lines[0] != "index "+strconv.FormatInt(index, 10) {
		fail("inclusion proof", fmt.Errorf("its index is not written plainly"))
	}
	return index, tlog.RecordProof(hashes("inclusion proof", lines[1:])), []byte(sealed)
}

func hashes(name string, lines []string) []tlog.Hash {
	var parsed []tlog.Hash
	for _, line := range lines {
		if line == "" {
			continue
		}
		hash, err := tlog.ParseHash(line)
		must(name, err)
		parsed = append(parsed, hash)
	}
	return parsed
}

func file(name string) []byte {
	bytes, err := os.ReadFile(filepath.Join(directory, name))
	must(name, err)
	return bytes
}

func must(name string, err error) {
	if err != nil {
		fail(name, err)
	}
}

func fail(name string, err error) {
	fmt.Printf("FAILED %s: %v\n", name, err)
	os.Exit(1)
}
