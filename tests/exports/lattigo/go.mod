module github.com/tuneinsight/lattigo/v6

go 1.18
