// Calls demo.Greeter/Say through grpc-go's own xDS client: client TARGET
//
// A line of the input is CALLS TIMEOUT_MS [KEY=VALUE]...: calls one after another with that metadata. The line of the
// answer has a word WHAT=COUNT for each different outcome: the text of an answer, or ! and the number of a status.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	_ "google.golang.org/grpc/xds"
)

// text is a codec for messages that are text.
type text struct{}

func (text) Marshal(v any) ([]byte, error) { return []byte(*v.(*string)), nil }

func (text) Unmarshal(data []byte, v any) error {
	*v.(*string) = string(data)
	return nil
}

func (text) Name() string { return "proto" }

func say(conn *grpc.ClientConn, timeout time.Duration, headers metadata.MD) string {
	ctx, cancel := context.WithTimeout(metadata.NewOutgoingContext(context.Background(), headers), timeout)
	defer cancel()
	request, answer := "hello", ""
	if err := conn.Invoke(ctx, "/demo.Greeter/Say", &request, &answer, grpc.ForceCodec(text{})); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return fmt.Sprintf("!%d", status.Code(err))
	}
	return answer
}

func answer(conn *grpc.ClientConn, line string) string {
	words := strings.Fields(line)
	calls, _ := strconv.Atoi(words[0])
	timeout, _ := strconv.Atoi(words[1])
	headers := metadata.MD{}
	for _, pair := range words[2:] {
		key, value, _ := strings.Cut(pair, "=")
		headers.Append(key, value)
	}
	counts := map[string]int{}
	for i := 0; i < calls; i++ {
		counts[say(conn, time.Duration(timeout)*time.Millisecond, headers)]++
	}
	outcomes := []string{}
	for outcome, count := range counts {
		outcomes = append(outcomes, fmt.Sprintf("%s=%d", outcome, count))
	}
	return strings.Join(outcomes, " ")
}

func main() {
	conn, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println(answer(conn, lines.Text()))
	}
}
