// SPDX-License-Identifier: GPL-2.0
// allocate: goroutines that exchange slices, for the workload real-go.
// usage: allocate GOROUTINES ROUNDS
// Prints the sum of what was received, which is always the same.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func work(rounds int, to chan<- []int) {
	for round := 0; round < rounds; round++ {
		block := make([]int, 4096)
		for i := range block {
			block[i] = i
		}
		to <- block
	}
}

func main() {
	goroutines, _ := strconv.Atoi(os.Args[1])
	rounds, _ := strconv.Atoi(os.Args[2])
	blocks := make(chan []int)
	for i := 0; i < goroutines; i++ {
		go work(rounds, blocks)
	}
	sum := 0
	for i := 0; i < goroutines*rounds; i++ {
		for _, value := range <-blocks {
			sum += value
		}
	}
	fmt.Println(sum)
}
