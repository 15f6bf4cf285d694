// Writes and reads a key by the URL of a cache, with go-redis.
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/redis/go-redis/v9"
)

func main() {
	answer := map[string]any{}
	if greeting, err := greet(os.Args[1]); err != nil {
		answer["error"] = err.Error()
	} else {
		answer["answers"] = []string{greeting}
	}
	json.NewEncoder(os.Stdout).Encode(answer)
}

func greet(url string) (string, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return "", err
	}
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.Set(context.Background(), "greeting", "hello", 0).Err(); err != nil {
		return "", err
	}
	return client.Get(context.Background(), "greeting").Result()
}
