package charset_test

import (
	"fmt"

	"github.com/go-pickle/pickle/charset"
)

func ExampleLookup() {
	decode, ok := charset.Lookup("KOI8-R")
	if !ok {
		fmt.Println("no such charset")
		return
	}
	text, err := decode(nil, []byte("\xf0\xd2\xc9\xd7\xc5\xd4"), "strict")
	fmt.Println(string(text), err)

	decode, _ = charset.Lookup("gbk")
	text, err = decode(nil, []byte("\xc4\xe3\xba\xc3\xff!"), "strict")
	fmt.Println(string(text), err)
	text, err = decode(nil, []byte("\xc4\xe3\xba\xc3\xff!"), "backslashreplace")
	fmt.Println(string(text), err)
	// Output:
	// Привет <nil>
	// 你好 'gbk' codec can't decode byte 0xff in position 4: illegal multibyte sequence
	// 你好\xff! <nil>
}
