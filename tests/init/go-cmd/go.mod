module example.org/shop/v2

go 1.21
