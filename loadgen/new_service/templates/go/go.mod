module new-service

go 1.22
