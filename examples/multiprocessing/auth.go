package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"time"

	"github.com/go-pickle/pickle/frames"
)

// The handshake of Lib/multiprocessing/connection.py. Each side sends the other a
// challenge, and the other sends back an HMAC of it with the shared key. Up to Python 3.11
// the digest is MD5 and nobody says so. From 3.12 on a challenge begins with the name of a
// digest in braces, and so does the answer to it.
const (
	challenge = "#CHALLENGE#"
	welcome   = "#WELCOME#"
	failure   = "#FAILURE#"

	oldChallengeSize = 20 // of Python 3.11 and earlier, without a digest's name
	newChallengeSize = 40
	maxAuthSize      = 256
)

// handshakeTime is how long the other side has for the whole of the handshake.
const handshakeTime = 10 * time.Second

var digests = map[string]func() hash.Hash{
	"md5":      md5.New,
	"sha256":   sha256.New,
	"sha384":   sha512.New384,
	"sha3_256": func() hash.Hash { return sha3.New256() },
	"sha3_384": func() hash.Hash { return sha3.New384() },
}

// An AuthError is a handshake that failed. The connection is closed.
type AuthError struct{ Err error }

func (e *AuthError) Error() string { return "authentication: " + e.Err.Error() }

// Unwrap returns what is behind the error.
func (e *AuthError) Unwrap() error { return e.Err }

// authenticate does both parts of the handshake. Who listens delivers the first challenge,
// who connects answers it first.
func (c *Conn) authenticate(key []byte, parts ...func(frameConn, []byte) error) error {
	o := frames.Options{Form: frames.Multiprocessing, MaxSize: maxAuthSize}
	f := frameConn{o.NewReader(c.Conn), o.NewWriter(c.Conn)}
	err := c.SetDeadline(time.Now().Add(handshakeTime))
	for _, part := range parts {
		if err == nil {
			err = part(f, key)
		}
	}
	if err == nil {
		err = c.SetDeadline(time.Time{})
	}
	if err != nil {
		c.Close()
		return &AuthError{err}
	}
	return nil
}

// A frameConn sends and receives the short messages of the handshake.
type frameConn struct {
	*frames.Reader
	*frames.Writer
}

var (
	errRejected = errors.New("the other side has another key")
	errWrong    = errors.New("the answer to the challenge is wrong")
)

// deliverChallenge sends a challenge and checks the answer.
func deliverChallenge(f frameConn, key []byte) error {
	message := make([]byte, newChallengeSize)
	rand.Read(message)
	message = append([]byte("{sha256}"), message...)
	if err := f.WriteFrame(append([]byte(challenge), message...)); err != nil {
		return err
	}
	answer, err := f.Next()
	if err != nil {
		return err
	}
	// Who does not know about names takes all of the message for the challenge and
	// answers with a bare MD5.
	digest, sum := "md5", answer
	if len(answer) != md5.Size {
		if digest, sum, err = cutDigest(answer); err != nil {
			return err
		}
	}
	if !hmac.Equal(sum, mac(digest, key, message)) {
		return errors.Join(errWrong, f.WriteFrame([]byte(failure)))
	}
	return f.WriteFrame([]byte(welcome))
}

// answerChallenge receives a challenge and answers it.
func answerChallenge(f frameConn, key []byte) error {
	frame, err := f.Next()
	if err != nil {
		return err
	}
	message, ok := bytes.CutPrefix(frame, []byte(challenge))
	if !ok || len(message) < oldChallengeSize {
		return fmt.Errorf("%.40q is no challenge", frame)
	}
	var answer []byte
	if len(message) == oldChallengeSize {
		answer = mac("md5", key, message)
	} else {
		digest, _, err := cutDigest(message)
		if err != nil {
			return err
		}
		answer = append([]byte("{"+digest+"}"), mac(digest, key, message)...)
	}
	if err := f.WriteFrame(answer); err != nil {
		return err
	}
	verdict, err := f.Next()
	if err != nil {
		return err
	}
	if string(verdict) != welcome {
		return errRejected
	}
	return nil
}

// cutDigest splits "{name}rest".
func cutDigest(message []byte) (digest string, rest []byte, err error) {
	name, rest, ok := bytes.Cut(message, []byte("}"))
	if ok && len(name) > 0 && name[0] == '{' && digests[string(name[1:])] != nil {
		return string(name[1:]), rest, nil
	}
	return "", nil, fmt.Errorf("no known digest in %.40q", message)
}

// mac is the HMAC of the whole message, a digest's name in it included: so nobody on the
// way can put a weaker digest's name there.
func mac(digest string, key, message []byte) []byte {
	h := hmac.New(digests[digest], key)
	h.Write(message)
	return h.Sum(nil)
}
